"""The front door: whoever is signed in goes on to the screen that their day begins with."""

import streamlit as st

from pages.registry import first_for
from pages.ui.guard import guard

actor = guard()

st.switch_page(first_for(actor).page())
