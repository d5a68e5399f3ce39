"""The letters of `test_what_changed`, to heads of schools."""

VISIT_PLANNED = """\
BRK-0001: Priya Raman visits Hazelmere Primary School on 20 January

We plan to visit Hazelmere Primary School on 20 January 2027. Priya Raman of the council will come \
for half a day.

Why
  See the first lessons.

What you need to do
If the day does not suit you, reply to this email.
/bids/BRK-0001
"""
VISIT_DONE = """\
BRK-0001: the visit to Hazelmere Primary School on 20 January

Thank you for receiving Priya Raman on 20 January 2027.

What we saw
  Calm lessons. The assistants need training.

You don’t need to do anything now.
/bids/BRK-0001
"""
ACTION = """\
BRK-0001: a follow-up action for you, by 5 February

We have agreed with you what to do next. It is due by 5 February 2027.

What to do
  Train the assistants (Deputy head)

What you need to do
When it is done, tell us so on the bid’s follow-up page. Say what came of it.
/bids/BRK-0001
"""
ACTION_DONE = """\
BRK-0001: the follow-up action is done

Thank you. Your follow-up action is done.

The action
  Train the assistants

Our comment
  I saw the certificates.

You don’t need to do anything now.
/bids/BRK-0001
"""
RATED_RED = """\
BRK-0001: we have accepted your report. Our rating is red

Thank you. We have accepted your report on what changed.

Our rating is red: the results are far from the targets.

We will agree a follow-up action with you.

What happens next
Once the last claim is paid we close the bid, and tell you.

You don’t need to do anything now.
/bids/BRK-0001
"""
FOLLOW_UP = """\
BRK-0001: a follow-up action for you, by 25 March

We have agreed with you what to do next. It is due by 25 March 2027.

What to do
  Teach phonics daily until Easter (Reading lead)

What you need to do
When it is done, tell us so on the bid’s follow-up page. Say what came of it.
/bids/BRK-0001
"""
CORRECTED = """\
BRK-0001: we have corrected the rating of your report

We have corrected our rating of your report. Before, it was red.

Our rating is amber: the results come part of the way to the targets.

Our comment
  Six pupils joined after the baseline.

You don’t need to do anything now.
/bids/BRK-0001
"""
CHASED = """\
BRK-0001: how was the support of Hazelmere Primary School’s bid?

Your school received support under Hazelmere Primary School’s bid “Reading recovery in Years 1 and 2”. On 13 \
February 2027 we asked you how it was, and have not heard from you.

What you need to do
Rate the support, and how the council handled it. It takes two minutes. Please do it by 12 March 2027.
/bids/BRK-0001
"""
NOT_GIVEN = """\
BRK-0001: we no longer ask how the support was

We asked you three times how the support under Hazelmere Primary School’s bid was. We have recorded that you \
gave no answer.

You don’t need to do anything now. If you still want to tell us, you can.
/bids/BRK-0001
"""
