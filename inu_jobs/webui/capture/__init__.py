"""From the page to a payload: the button beside Generate, and what it freezes."""
