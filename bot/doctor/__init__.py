"""`lianxin doctor`: would a real deployment work, and if not, what is missing and where it is mended?"""
