"""Words become items: cleaning, kind, splitting, category, grade. Knows neither WeChat nor owners."""
