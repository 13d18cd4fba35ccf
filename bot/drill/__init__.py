"""`lianxin rehearse`: a day of traffic on a bad line, on a scratch database, and the account of it."""
