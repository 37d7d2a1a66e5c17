"""From the page to a payload: the button next to Generate, and what it captures."""
