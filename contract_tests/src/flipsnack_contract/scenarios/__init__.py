"""The judge of clients.

`scenario` is a situation as a value: `script` has those written by hand, `drawing` those that Hypothesis makes up, both
out of the adversities in `adversity`. `runner` plays one to a client at the fake, and what comes of it is a
`run`: what the server saw, what the client said, and what is on the disk. `duties` are the rules that a client
keeps, each a function of a run; `prospect` says how an undisturbed one must end. `judge` draws scenarios, plays
them and shrinks the one that breaks a duty; `replay` keeps such a one for later.
"""
