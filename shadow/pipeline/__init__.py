"""The road itself: takes exchanges, mirrors, compares, counts, stores. Runs in the proxy's workers and under replay.

Imports nothing here: mitmdump's process uses `shadow.pipeline.handover` and must stay light.
"""
