"""soon"""

from pages.ui.guard import guard

actor = guard()
