"""What is written in the journey of the full panel: its minutes and its letters."""

MINUTES = """\
The meeting
Panel of the School improvement fund
Date: 8 December 2026
Place: On a video call
Started: 16:00
Closed: 16:55
Clerk: Grace Lin
Present
Marcus Webb (chair, secondary schools)
Anita Joshi (deputy chair, special schools)
Laura Finch (primary schools)
Ruth Ames (primary schools)
Ben Okoro (secondary schools)
Kofi Mensah (special schools)
Peter Rowe (local authority)
Sue Tan (governors)
Helen Moss (teaching school alliance)
Joined and left:
Peter Rowe left at 16:46.
Item 1: BRK-0001 Reading recovery in Years 1 and 2
Hazelmere Primary School asked for £12,000, with Elm Grove Primary School.
The liaison officer recommended: fund, £12,000.
Interests declared: none.
Quorum: 9 present, 4 needed.
Score: 75.83 of 100, from the scores of 9 members.
Moderated: Delivery and partners. Sue had not seen that Elm Grove has released both coaches.
Vote: 9 for, 0 against.
Decision: fund, £12,000.
Reasons: A clear need and a tried partner.
Conditions:
Send the baseline of the phonics check: Head of Hazelmere, by 15 January 2027.
Due regard to equality: It helps disadvantaged pupils most.
Marcus Webb recorded the decision on 8 December 2026 at 16:00.
Interest found after the decision, on 9 December 2026 at 10:00: Ruth Ames: My niece joins Hazelmere \
Primary School in January. Without them 8 were present, 4 needed, and the vote would still carry. Settled \
on 9 December 2026 at 10:00. Reason: Eight others voted for it.
Item 2: BRK-0002 Fractions across the trust
Northway Academy asked for £16,000, with Elm Grove Primary School.
The liaison officer recommended: fund, £16,000.
Interests:
Helen Moss declared an interest: My husband teaches at Northway Academy.
Helen Moss left at 16:12 and took no part: they declared an interest in it.
Quorum: 8 present, 4 needed.
Proposed: £10,000 of the £16,000 asked for. Reason: One year group, not two.
Score: 68.13 of 100, from the scores of 8 members.
Vote: 7 for, 1 against.
Decision: fund, £10,000 of the £16,000 asked for.
Reasons: Year 7 first; value for money is only acceptable.
Due regard to equality: It helps disadvantaged pupils most.
Marcus Webb recorded the decision on 8 December 2026 at 16:12.
Item 3: BRK-0003 Talk for writing in Reception
Kingsmead Infant School asked for £6,000, with Elm Grove Primary School.
The liaison officer recommended: fund, £6,000.
Interests:
Ben Okoro declared an interest: My daughter starts at Kingsmead Infant School in January.
Ben Okoro left at 16:24 and took no further part: they declared an interest in it.
Quorum: 8 present, 4 needed.
Score: 61.25 of 100, from the scores of 8 members.
Vote: 4 for, 4 against.
The vote was tied. Marcus Webb gave the casting vote, for. Reason: Reception can’t wait another year.
Not counted: the vote and scores of Ben Okoro. An interest was found late: My daughter starts at \
Kingsmead Infant School in January.
Decision: fund, £6,000.
Reasons: Early language, for the youngest.
Due regard to equality: It helps disadvantaged pupils most.
Marcus Webb recorded the decision on 8 December 2026 at 16:24.
Item 4: BRK-0004 Calmer starts in Year 7
Fairlight School asked for £8,000, with Elm Grove Primary School.
The liaison officer recommended: fund, £8,000.
Interests declared: none.
Quorum: 9 present, 4 needed.
Score: 54.44 of 100, from the scores of 9 members.
Decision: deferred.
Question to the school: How will you measure calmer starts?
Marcus Webb recorded the decision on 8 December 2026 at 16:32.
Item 5: BRK-0005 Chess for everyone
Marlow Road Primary School asked for £7,000, with Elm Grove Primary School.
The liaison officer recommended: fund, £7,000.
Interests declared: none.
Quorum: 9 present, 4 needed.
Score: 41.39 of 100, from the scores of 9 members.
Vote: 0 for, 9 against.
Decision: do not fund.
Reasons: It is not clear what would change for pupils.
Due regard to equality: It helps disadvantaged pupils most.
Marcus Webb recorded the decision on 8 December 2026 at 16:38.
Taken off the agenda: BRK-0006 Science in Year 9
This item was taken off the agenda on 8 December 2026 at 16:46: moved to the meeting on 22 December 2026. \
The panel was inquorate: no local authority member who may take part was present; one was needed."""

# Letters to schools are held until 15 December, five working days after the meeting: two go on the 10th,
# when the officer has read them over, the others by themselves at the end of the 15th. From the day a letter
# goes a school has 15 working days to reply: to 5 January, and to 11 January.
LETTERS = [
    ("amara.cole", "BRK-0001: your bid is going to the panel on 8 December"),
    ("ravi.menon", "BRK-0002: your bid is going to the panel on 8 December"),
    ("joan.pike", "BRK-0003: your bid is going to the panel on 8 December"),
    ("tom.best", "BRK-0004: your bid is going to the panel on 8 December"),
    ("nadia.khan", "BRK-0005: your bid is going to the panel on 8 December"),
    ("carl.voss", "BRK-0006: your bid is going to the panel on 8 December"),
    ("marcus.webb", "Panel meeting on 8 December: the papers are ready"),
    ("anita.joshi", "Panel meeting on 8 December: the papers are ready"),
    ("laura.finch", "Panel meeting on 8 December: the papers are ready"),
    ("ruth.ames", "Panel meeting on 8 December: the papers are ready"),
    ("ben.okoro", "Panel meeting on 8 December: the papers are ready"),
    ("kofi.mensah", "Panel meeting on 8 December: the papers are ready"),
    ("peter.rowe", "Panel meeting on 8 December: the papers are ready"),
    ("sue.tan", "Panel meeting on 8 December: the papers are ready"),
    ("helen.moss", "Panel meeting on 8 December: the papers are ready"),
    ("priya.shah", "Today: BRK-0001: check the decision letter by 15 December"),
    ("grace.lin", "Today: Panel meeting on 8 December: started"),
    ("owen.clarke", "Today: BRK-0001: £12,000 reserved for Hazelmere Primary School"),
    ("tom.best", "BRK-0004: the panel has a question for you. Reply by 22 December"),
    ("carl.voss", "BRK-0006: going to the panel on 22 December instead"),
    (
        "priya.shah",
        "Today: Panel meeting on 8 December: closed + BRK-0002: check the decision letter by 15 "
        "December + BRK-0003: check the decision letter by 15 December + BRK-0004: the panel deferred "
        "the bid and asks the school a question + BRK-0005: check the decision letter by 15 December + "
        "BRK-0006: moved to the panel’s meeting on 22 December",
    ),
    ("grace.lin", "Today: Panel meeting on 8 December: closed, the minutes are ready"),
    (
        "owen.clarke",
        "Today: BRK-0002: £10,000 reserved for Northway Academy + "
        "BRK-0003: £6,000 reserved for Kingsmead Infant School",
    ),
    ("marcus.webb", "BRK-0001: an interest was found after the decision. Please say whether it stands"),
    ("grace.lin", "Today: BRK-0001: an interest was found after the decision"),
    ("amara.cole", "BRK-0001: we can offer you £12,000. Reply by 5 January"),
    ("daniel.hart", "BRK-0001: the bid for your school’s support has been offered £12,000"),
    ("nadia.khan", "BRK-0005: your bid was not funded"),
    ("daniel.hart", "BRK-0005: the bid was not funded"),
    ("priya.shah", "Today: BRK-0004: Fairlight School has answered the panel’s question"),
    ("noel.frost", "Today: BRK-0005: Marlow Road Primary School asks for a review"),
    ("nadia.khan", "BRK-0005: your request for a review was upheld"),
    ("tom.best", "BRK-0004: your bid is going back to the panel on 22 December"),
    ("amara.cole", "BRK-0001: you have accepted £12,000. The support can start"),
    ("daniel.hart", "BRK-0001: the support is funded and can start"),
    ("amara.cole", "BRK-0001: a condition of your award is met"),
    (
        "priya.shah",
        "Today: BRK-0001: Hazelmere Primary School has accepted £12,000 + BRK-0001: the school says a "
        "condition is met. Please check + BRK-0005: review upheld, the bid is with you again",
    ),
    ("owen.clarke", "Today: BRK-0001: £12,000 awarded to Hazelmere Primary School"),
    ("ravi.menon", "BRK-0002: we can offer you £10,000. Reply by 11 January"),
    ("daniel.hart", "BRK-0002: the bid for your school’s support has been offered £10,000"),
    ("joan.pike", "BRK-0003: we can offer you £6,000. Reply by 11 January"),
    ("daniel.hart", "BRK-0003: the bid for your school’s support has been offered £6,000"),
    ("marcus.webb", "Panel meeting on 22 December: the papers are ready"),
    ("anita.joshi", "Panel meeting on 22 December: the papers are ready"),
    ("laura.finch", "Panel meeting on 22 December: the papers are ready"),
    ("ruth.ames", "Panel meeting on 22 December: the papers are ready"),
    ("ben.okoro", "Panel meeting on 22 December: the papers are ready"),
    ("kofi.mensah", "Panel meeting on 22 December: the papers are ready"),
    ("peter.rowe", "Panel meeting on 22 December: the papers are ready"),
    ("sue.tan", "Panel meeting on 22 December: the papers are ready"),
    ("helen.moss", "Panel meeting on 22 December: the papers are ready"),
    (
        "priya.shah",
        "Today: Panel meeting on 22 December: closed + BRK-0004: check the decision letter by 31 "
        "December + BRK-0006: check the decision letter by 31 December",
    ),
    (
        "grace.lin",
        "Today: Panel meeting on 22 December: started + Panel meeting on 22 December: closed, the minutes "
        "are ready",
    ),
    (
        "owen.clarke",
        "Today: BRK-0004: £7,000 reserved for Fairlight School + "
        "BRK-0006: £5,000 reserved for Weston High School",
    ),
]
