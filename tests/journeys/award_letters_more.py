"""The letters of an award that becomes larger, word by word, as in `award_letters`."""

TO_THE_PANEL = """\
BRK-0001: more money goes to the panel on 19 February

Your change of the award asks for more money, which only the panel gives. It is on the agenda of the panel’s \
meeting on 19 February 2027.

What happens next
We will tell you what the panel decides. You don’t need to do anything. Until then the award stays as it is.

/bids/BRK-0001/changes/1
"""
GIVEN = """\
BRK-0001: your award is now £10,503.20

The panel has agreed to more money. Your award is £10,503.20 from now on.

What changes
- Teacher, T1, Oakfield Primary School: 6 days, £2,016.00 before, 8 days, £2,688.00 after
- The award: £9,831.20 before, £10,503.20 after

Why
  A second class needs the teacher too: two days more.

What the panel said
  Two classes gain at once.

What you need to do
Work to the changed award. Tell the schools that take part. You don’t need to claim what we pay in advance.

/bids/BRK-0001/changes/1
"""
