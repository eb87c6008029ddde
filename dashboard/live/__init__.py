"""The HTTP edge beside Dash: the city's state, its snapshot and event stream, and the web server."""
