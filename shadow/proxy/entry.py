"""The script that `shadow run` gives to mitmdump: the same as addons/shadow.py, but part of the installed package."""

from shadow.proxy.addon import ShadowAddon

addons = [ShadowAddon()]
