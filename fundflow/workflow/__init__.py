"""How a bid walks through the fund: states, steps and the rules between them.

This package is pure: it knows neither the web nor the database. Read `application.py` first: its
table is the whole life of a bid. The smaller processes (a partner's confirmation, an approver's
signature, a panel meeting, a claim, an impact return) are a table each, on the same mechanism.

Glossary

bid            a school's application to the fund; one bid is one state machine
backfill       cover for the staff a school releases
lead school    the school that bids and is accountable for the award
provider       the school that releases staff to give support
supported      a school that receives the support
partner        any other school that takes part
officer        the senior education liaison officer (or a deputy) who brokers and reviews
panel          the people who declare interests, score and vote
decision maker the panel's chair, or an authorised officer, as the fund says
barred         own school, own trust or a party to the bid: no papers, no scores, no vote
bar            why somebody is barred, as a value; its words depend on who reads
disclosed      an interest that is declared and minuted but does not bar
tie            what the records show of a person's part in a bid, to be disclosed
sitting        the panel on one item at one moment; a decision keeps it as a frozen sitting
offer          money reserved for a bid until the school accepts it
award          an accepted offer: the fund is committed
claim          a request to be paid, in advance or for days worked
return         the school's report on what changed
step           one named change of state; it writes history and sends letters
guard          a question asked before a step, by name; its answer is None or the sentence to show
lock           take a row for oneself until the commit, so that nobody writes it meanwhile
freeze         keep a copy that is never changed: a bid as it was sent, papers, a sitting
withhold       keep a written letter until somebody has checked it
working day    Monday to Friday, without English bank holidays
"""
