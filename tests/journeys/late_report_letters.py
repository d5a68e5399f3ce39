"""The letters to the head in test_late_report, by the step that writes each."""

INTERIM_RED = """\
BRK-0001: we have accepted your interim report. We are about to pay £1,830

Thank you. We have accepted your interim report.

Our rating is red: the results are far from the targets.

We will agree a follow-up action with you.

What happens next
We check and pay the next share of your award, £1,830.00. The rest, up to £1,220.00, is paid for days and \
costs once your final report is accepted.

You don’t need to do anything now. Your final report is due by 28 June 2027.
/bids/BRK-0001
"""
TWENTY_DAYS_LATE = """\
BRK-0001: your final report was due on 28 June, 20 working days ago

We have not had your final report. It was due on 28 June 2027.

What you need to do
Please send it now. You can save it and come back.

Until we have it, your school’s next bid or claim may be held up.

If something stands in the way, tell us by reply.
/bids/BRK-0001
"""
LET_PASS = """\
BRK-0001: the late final report no longer counts against your school

Priya Raman has let pass that your final report is late. It no longer counts against your claims and your \
next bid.

The reason
  The head was ill in June.

What you need to do
Please still send the report. It was due on 28 June 2027.

/bids/BRK-0001
"""
HELD = """\
BRK-0001: payments and your next bid wait for your final report

Your final report was due on 28 June 2027, and we have not had it. Until we have accepted it we pay no \
claim on this award, and your school can’t submit another bid.

The reason
  It has not come after all.

What you need to do
Send the report now. If something stands in the way, tell us by reply.

/bids/BRK-0001
"""
