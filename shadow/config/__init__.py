"""shadow.toml → Settings: every key, default, check and error message."""

from shadow.config.route_settings import RouteSettings as RouteSettings
from shadow.config.route_settings import glob_matches as glob_matches
from shadow.config.route_settings import route_settings as route_settings
from shadow.config.settings import Settings as Settings
