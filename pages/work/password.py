"""修改密码: a person's own password."""

from pages.ui.frame import back
from pages.ui.guard import guard
from pages.ui.own_password import change_password
from pages.ui.taps import taps

actor = guard()

taps(back(), key="password")
change_password(actor)
