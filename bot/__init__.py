"""The chat edge: WeChat, commands, pages, the clock, the environment; joins the parts."""
