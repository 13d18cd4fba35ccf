"""Many short histories of the whole service in one process, each by the numbers of one seed: two web processes and
two workers that are interrupted, frozen and killed between any two steps, before platforms that fail. Afterwards the
books must balance. Nothing of the service knows of it: trouble comes in at its clock, its sender and its commits."""
