"""A small legacy API and its Lambdas, with known faults, to try the whole thing in a minute.

``routes`` is the plan: which route has which trouble, and which verdict that must lead to. ``legacy`` and
``candidate`` are the two sides, each a process of its own; ``run`` puts a real mitmdump in front of them, drives
traffic through it and holds the verdicts against the plan.
"""
