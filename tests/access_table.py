"""Every route × every role, with the expected answer: the one table to read about access.

Columns, in order of `ROLES`. Answers to a GET (to an empty POST where the route takes only that):

    .  the page or file    >  sent on (done, or nothing to show)
    i  sent to sign in     x  not for this role (403)
    -  does not exist for this person (404)
    !  refused with its reason (409)         ?  asks for what is missing (422 or 400)

The bids: D is a draft, P is before the panel (its meeting M is in session), A is in delivery with a
claim to check and a recovery to approve, O is offered less than it asked for and has sent a plan, N was
not funded and the school asked for a review, F has delivered and its report is to be checked. All are led
by the leader's school, with support from the provider's; the stranger leads another school; the barred member
sits on the panel and heads the provider's school, so knows of the bids and reads why their papers are closed
(x).
"""

ROLES = (
    "nobody",
    "stranger",
    "leader",
    "team",
    "provider",
    "officer",
    "clerk",
    "chair",
    "member",
    "barred",
    "authorised",
    "finance",
    "impact",
    "reviewer",
    "auditor",
    "board",
    "administrator",
)

TABLE = """
GET  /                                                                     .>>>>>>>>>>>>>>>>
GET  /accessibility                                                        .................
GET  /privacy                                                              .................
GET  /healthz                                                              .................
GET  /sign-in                                                              .>>>>>>>>>>>>>>>>
GET  /sign-in/link/unknown                                                 ?????????????????
POST /sign-out                                                             iiiiiiiiiiiiiiiii
GET  /me                                                                   i................
GET  /me/address                                                           i................
POST /me/sessions/999999/end                                               i----------------
POST /me/sessions/end-others                                               i>>>>>>>>>>>>>>>>
GET  /address/unknown                                                      ?????????????????
GET  /interests                                                            ixxxx............
GET  /interests/add                                                        ixxxx............
GET  /interests/{interest}/end                                             ixxxx-.-.--------
GET  /work                                                                 i................
GET  /work/start-the-review                                                i................
GET  /work/clock                                                           ixxxxxxxxxxxxxxx.
GET  /register                                                             .................
GET  /register.csv                                                         .................
GET  /schools                                                              i................
GET  /schools/{urn}                                                        i................
GET  /schools/{urn}/tier                                                   ixxxx.xxxxxxxxxx.
GET  /schools/{urn}/succession                                             ixxxx.xxxxxxxxxx.
GET  /schools/changes                                                      ixxxx.xxxxxxxx.x.
GET  /schools/registers                                                    ixxxx.xxxxxxxx.x.
GET  /schools/registers/add                                                ixxxxxxxxxxxxxxx.
GET  /schools/registers/{register}                                         ixxxxxxxxxxxxxxx.
GET  /schools/trusts                                                       ixxxx.xxxxxxxx.x.
GET  /schools/trusts/add                                                   ixxxxxxxxxxxxxxx.
GET  /schools/trusts/{trust}                                               ixxxxxxxxxxxxxxx.
GET  /schools/patches                                                      ixxxx.xxxxxxxx.x.
GET  /schools/patches/add                                                  ixxxx.xxxxxxxxxx.
GET  /schools/patches/{patch}                                              ixxxx.xxxxxxxxxx.
GET  /schools/patches/{patch}/schools                                      ixxxx.xxxxxxxxxx.
GET  /schools/clusters                                                     ixxxx.xxxxxxxx.x.
GET  /schools/clusters/add                                                 ixxxx.xxxxxxxxxx.
GET  /schools/clusters/{cluster}                                           ixxxx.xxxxxxxxxx.
GET  /schools/clusters/{cluster}/schools                                    ixxxx.xxxxxxxxxx.
GET  /schools/organisations                                                ixxxx.xxxxxxxx.x.
GET  /schools/organisations/add                                            ixxxxxxxxxxxxxxx.
GET  /schools/organisations/{organisation}                                 ixxxxxxxxxxxxxxx.
GET  /approve/unknown                                                      -----------------
GET  /confirm/unknown                                                      -----------------
GET  /days/unknown                                                         -----------------
POST /confirm/unknown/account                                              -----------------
GET  /bids                                                                 i................
GET  /bids.csv                                                             i................
GET  /bids.xlsx                                                            i................
GET  /desk/cover                                                           ixxxx.xxxxxxxxxx.
GET  /desk/cover/{cover}/end                                               ixxxx.xxxxxxxxxx.
GET  /desk/hand-over                                                       ixxxx.xxxxxxxxxx.
GET  /desk/hand-over/{officer}/{person}                                    ixxxx.xxxxxxxxxx.
GET  /bids/new                                                             i....xxxx.xxxxxxx
GET  /bids/enter                                                           ixxxx.xxxxxxxxxxx
GET  /bids/{D}                                                             i-..-------------
GET  /bids/{P}                                                             i-.........-.-.-.
GET  /bids/{A}                                                             i-...........-.-.
GET  /bids/{N}                                                             i-.........-...-.
GET  /bids/{F}                                                             i-...........-.-.
GET  /bids/{D}/form                                                        i-..-------------
GET  /bids/{D}/form/about                                                  i-..-------------
GET  /bids/{D}/form/schools/schools/{partner}                              i-..-------------
GET  /bids/{D}/form/schools/schools/{partner}/remove                       i-..-------------
GET  /bids/{D}/form/schools/schools/add                                    i-..-------------
GET  /bids/{D}/form/schools/cluster                                        i-..-------------
GET  /bids/{D}/form/check                                                  i-..-------------
GET  /bids/{D}/form/files                                                  i->>-------------
GET  /bids/{D}/form/files/1/remove                                         i->>-------------
POST /bids/{D}/form/send-to-head                                           i->>-------------
POST /typing                                                               i----------------
POST /typing/forget                                                        i----------------
GET  /bids/{D}/submitted                                                   i->>-------------
GET  /bids/{D}/steps/submit                                                i->>-------------
GET  /bids/{D}/steps/discard                                               i-!!-------------
GET  /bids/{D}/steps/submit-on-behalf                                      i->>-------------
GET  /bids/{D}/application                                                 i-..-------------
GET  /bids/{P}/application                                                 i-.........-.-.-.
GET  /bids/{P}/application/versions/1                                      i-.........-.-.-.
GET  /bids/{P}/application/versions/1.json                                 i-.........-.-.-.
GET  /bids/{P}/application/versions/1/compare/1                            i-.........-.-.-.
GET  /bids/{P}/application/changes                                         i-.........-.-.-.
GET  /bids/{A}/files/{receipt}                                             i-!!-!!!!-!!!-!-!
GET  /bids/{P}/files/{file}                                                i-!!!!!!!!!-!-!-!
GET  /bids/{P}/late-evidence                                               i-..-------------
GET  /bids/{P}/viewings                                                    ixxxxxxxxxxxxx.x.
GET  /bids/{P}/history                                                     i-.........-.-.-.
GET  /bids/{P}/people                                                      ixxxx.xxxxxxxxxxx
GET  /bids/{P}/people/{urn}                                                ixxxx.xxxxxxxxxxx
GET  /bids/{P}/letters                                                     i-.........-.-.-.
GET  /bids/{P}/review                                                      i----....x.-.-.-.
GET  /bids/{P}/notes                                                       i----..--x--.-.-.
POST /bids/{P}/notes/{note}/read                                           i----!>--x--!-!-!
GET  /bids/{P}/notes/{note}/send                                           i----.!--x--!-!-!
GET  /bids/{P}/interest                                                    i----..!!x!-.-!-!
GET  /bids/{P}/ask-again                                                   i-!!!!!!!!!-!-!-!
GET  /bids/{P}/steps/go-on-without                                         i-!!!!!!!!!-!-!-!
GET  /bids/{P}/panel                                                       i----....x.-.-.-.
GET  /bids/{P}/money                                                       i-..-....-.-.-.-.
GET  /bids/{P}/impact                                                      i-.........-.-.-.
GET  /bids/{P}/confirmations/{confirmation}                                i-.........-.-.-.
GET  /bids/{P}/confirmations/{confirmation}/confirm                        i->>>>>>>>>->->->
GET  /bids/{P}/confirmations/{confirmation}/decline                        i->>>>>>>>>->->->
GET  /bids/{P}/confirmations/{confirmation}/ask-again                      i-.!!.!!!!!-!-!-!
GET  /bids/{P}/confirmations/{confirmation}/cancel                         i-.!!.!!!!!-!-!-!
GET  /bids/{P}/approvals/1/ask-again                                       i----------------
GET  /bids/{N}/approvals/{approval}/agree-approver                         i-!!!.!!!!!-!!!-!
GET  /bids/{N}/approvals/{approval}/turn-down-approver                     i-!!!.!!!!!-!!!-!
GET  /bids/{P}/named/{free}/confirm-interest                               i----..!!x!-!-!-.
GET  /bids/{P}/named/{named}/dismiss-interest                              i----..!!x!-!-!-.
GET  /bids/{P}/assign                                                      i-!!!.!!!!!-!-!-.
GET  /bids/{P}/decide                                                      i---->>.>x>->->->
GET  /bids/{P}/start-correction                                            i-!!!!!!!!!-!-!-!
GET  /bids/{P}/drop-correction                                             i-!!!!!!!!!-!-!-!
GET  /bids/{P}/put-back                                                    i-!!!!!!!!!-!-!-!
GET  /bids/{P}/steps/correct                                               i-!!!!!!!!!-!-!-!
GET  /bids/{P}/steps/withdraw                                              i-.!!!!!!!!-!-!-!
GET  /bids/{P}/steps/take-up                                               i-!!!!!!!!!-!-!-!
GET  /bids/{P}/steps/return-for-changes                                    i-!!!!!!!!!-!-!-!
GET  /bids/{P}/steps/resubmit                                              i->>>>>>>>>->->->
GET  /bids/{P}/steps/rule-ineligible                                       i-!!!!!!!!!-!-!-!
GET  /bids/{P}/steps/recommend                                             i-!!!!!!!!!-!-!-!
GET  /bids/{P}/steps/take-back                                             i-!!!.!!!!!-!-!-!
GET  /bids/{P}/steps/approve                                               i----!!!!x!-!-!-!
GET  /bids/{P}/steps/decline                                               i----!!!!x!-!-!-!
GET  /bids/{P}/steps/defer                                                 i----!!.!x!-!-!-!
GET  /bids/{P}/steps/answer-panel                                          i-!!!!!!!!!-!-!-!
GET  /bids/{P}/steps/bring-back                                            i-!!!!!!!!!-!-!-!
GET  /bids/{P}/steps/accept-offer                                          i-!!!!!!!!!-!-!-!
GET  /bids/{P}/steps/turn-down-offer                                       i-!!!!!!!!!-!-!-!
GET  /bids/{P}/steps/renew-offer                                           i----!!!!x!-!-!-!
GET  /bids/{N}/steps/undo-decision                                         i----!!.!x!-!!!-!
GET  /bids/{N}/steps/correct-decision                                      i----!!.!x!-!!!-!
GET  /bids/{P}/decision-letter                                             ixxxx>xxxxxxxxxxx
GET  /bids/{P}/late-interests/1                                            i--------x-------
GET  /bids/{N}/steps/reinstate                                             i-!!!!!!!!!-!!!-!
GET  /bids/{N}/steps/uphold-review                                         i-!!!!!!!!!-!.!-!
GET  /bids/{N}/reviews/{request}/dismiss                                   i-!!!!!!!!!-!.!-!
GET  /bids/{N}/ask-for-review                                              i-!!!!!!!!!-!!!-!
GET  /bids/{N}/bid-again                                                   i-..-------------
GET  /bids/{A}/money                                                       i-..-....-...-.-.
GET  /bids/{A}/days                                                        i-...........-.-.
GET  /bids/{A}/days/confirm                                                i-!!!.!!!!!!!-!-!
GET  /bids/{A}/days/{day}/strike-out                                       i-..!.!!!!!!!-!-!
GET  /bids/{A}/days/costs/add                                              i-..!!!!!!!!!-!-!
GET  /bids/{A}/days/costs/{cost}/strike-out                                i-..-.!!!-!!!-!-!
GET  /bids/{A}/claims/new                                                  i-..-!!!!-!!!-!-!
GET  /bids/{A}/claims/{claim}                                              i-..-....-...-.-.
GET  /bids/{A}/claims/{claim}/steps/query                                  i-!!-.!!!-!.!-!-!
GET  /bids/{A}/claims/{claim}/steps/dispute                                i-!!-!!!!-!!!-!-!
GET  /bids/{A}/claims/{claim}/steps/answer                                 i-!!-!!!!-!!!-!-!
GET  /bids/{A}/claims/{claim}/steps/certify                                i-!!-.!!!-!.!-!-!
GET  /bids/{A}/claims/{claim}/steps/pay                                    i-!!-!!!!-!!!-!-!
GET  /bids/{A}/claims/{claim}/steps/refuse                                 i-!!-.!!!-!.!-!-!
GET  /bids/{A}/claims/{claim}/reverse                                         ixxxxxxxxxx!xxxxx
GET  /bids/{A}/reversals/{reversal}/steps/approve                             ixxxxxxxxxx!xxxxx
GET  /bids/{A}/reversals/{reversal}/steps/refuse                              ixxxxxxxxxx.xxxxx
GET  /bids/{A}/recoveries/new                                                 i-!!-!!!!-!!!-!-!
GET  /bids/{A}/recoveries/{recovery}                                          i----....-...-.-.
GET  /bids/{A}/recoveries/{recovery}/steps/approve                            i----!!!!-!.!-!-!
GET  /bids/{A}/recoveries/{recovery}/steps/invoice                            i----!!!!-!!!-!-!
GET  /bids/{A}/recoveries/{recovery}/steps/set-against                        i----!!!!-!!!-!-!
GET  /bids/{A}/recoveries/{recovery}/steps/put-back                           i----!!!!-!!!-!-!
GET  /bids/{A}/recoveries/{recovery}/steps/receive                            i----!!!!-!!!-!-!
GET  /bids/{A}/recoveries/{recovery}/steps/let-go                             i----!!!!-!.!-!-!
GET  /bids/{A}/recoveries/{recovery}/steps/write-off                          i----!!!!-!!!-!-!
GET  /bids/{A}/recoveries/{recovery}/steps/cancel                             i----!!!!-!.!-!-!
GET  /bids/{A}/reasons                                                     ixxxx.xxxxxxxxxxx
GET  /bids/{A}/conditions                                                  i-..-....-...-.-.
GET  /bids/{O}/plan                                                        i-..-....-...-.-.
GET  /bids/{O}/plan/{plan}/propose                                         i-!!-!!!!-!!!-!-!
GET  /bids/{O}/plan/{plan}/agree                                           i-!!-.!!!-!!!-!-!
GET  /bids/{O}/plan/{plan}/return                                          i-!!-.!!!-!!!-!-!
GET  /bids/{A}/conditions/{condition}/steps/report                         i-..-!!!!-!!!-!-!
GET  /bids/{A}/conditions/{condition}/steps/discharge                      i-!!-.!!!-!!!-!-!
GET  /bids/{A}/conditions/{condition}/steps/not-yet                        i-!!-!!!!-!!!-!-!
GET  /bids/{A}/conditions/{condition}/steps/waive                          i-!!-!!.!-!!!-!-!
GET  /bids/{A}/blocks/new                                                  i-!!-.!!!-!.!-!-!
GET  /bids/{F}/blocks/{block}/steps/lift                                   i-!!-.!!!-!.!-!-!
GET  /bids/{A}/steps/suspend                                               i-!!!.!!!!!!!-!-!
GET  /bids/{A}/steps/record-half-time                                     i-!!!!!!!!!!!-!-!
GET  /bids/{A}/steps/resume                                                i-!!!!!!!!!!!-!-!
GET  /bids/{A}/ask-termination                                             i-!!!.!!!!!!!-!-!
GET  /bids/{A}/steps/terminate                                             i-!!!!!!!!!!!-!-!
GET  /bids/{A}/steps/finish-delivery                                       i-!!!.!!!!!!!-!-!
GET  /bids/{F}/impact                                                      i-...........-.-.
GET  /bids/{F}/report                                                      i->>-------------
GET  /bids/{F}/report/steps/submit                                         i-!!!!!!!!!!!-!-!
GET  /bids/{F}/report/steps/return                                         i----!!!!-!-.-!-!
GET  /bids/{F}/report/steps/accept                                         i----!!!!-!-.-!-!
GET  /bids/{F}/feedback                                                    i-..-------------
GET  /bids/{F}/steps/go-on-delivering                                      i-!!!!!!!!!!!-!-!
GET  /bids/{F}/steps/close                                                 i-!!!!!!!!!!!-!-!
GET  /bids/{F}/steps/reopen                                                i-!!!!!!!!!!!-!-!
GET  /meetings                                                             ixxxx......xxx.xx
GET  /panel                                                                ixxxx......xx..x.
GET  /panel/register                                                       ixxxx......xxx.x.
GET  /panel/register.csv                                                   ixxxx......xxx.x.
GET  /panel/register/{holder}/add                                          ixxxxx.xxxxxxxxxx
GET  /meetings/new                                                         ixxxxx.xxxxxxxxxx
GET  /meetings/{meeting}                                                   ixxxx......xxx.xx
GET  /meetings/{meeting}/ranking                                            ixxxx......xxx.xx
GET  /ranking                                                              ixxxx......xxx.xx
GET  /meetings/{meeting}/meeting.ics                                       ixxxx......xxx.xx
GET  /calendar                                                             ixxxx......xxx.xx
POST /calendar/new-address                                                 ixxxx>>>>>>xxx>xx
GET  /calendar/unknown.ics                                                 -----------------
POST /meetings/{meeting}/attendance                                        ixxxxx>xxxxxxxxxx
POST /meetings/{meeting}/members/{seat}/call                               ixxxxx-xxxxxxxxxx
POST /meetings/{meeting}/no-interests                                      ixxxxx????xxxxxxx
GET  /meetings/{meeting}/change                                            ixxxxx.xxxxxxxxxx
GET  /meetings/{meeting}/steps/issue-papers                                ixxxxx!xxxxxxxxxx
GET  /meetings/{meeting}/steps/open-session                                ixxxxx!xxxxxxxxxx
GET  /meetings/{meeting}/steps/close-session                               ixxxxx!xxxxxxxxxx
GET  /meetings/{meeting}/steps/cancel                                      ixxxxx!xxxxxxxxxx
GET  /meetings/{meeting}/items/{item}                                      ixxxx....x.xxx.xx
GET  /meetings/{meeting}/items/{item}/members/{seat}/interest              ixxxxx.!.xxxxxxxx
POST /meetings/{meeting}/items/{item}/members/{seat}/presence              ixxxxx?xxxxxxxxxx
POST /meetings/{meeting}/items/{item}/members/{seat}/vote                  ixxxxx???xxxxxxxx
POST /meetings/{meeting}/items/{item}/no-interests                         ixxxxx>xxxxxxxxxx
POST /meetings/{meeting}/items/{item}/take                                 ixxxxx>xxxxxxxxxx
POST /meetings/{meeting}/items/{item}/proposal                             ixxxxx?xxxxxxxxxx
POST /meetings/{meeting}/items/{item}/votes                                ixxxxx?xxxxxxxxxx
POST /meetings/{meeting}/items/{item}/scores                               ixxxxx>xxxxxxxxxx
GET  /meetings/{meeting}/items/{item}/scores                               ixxxx....x.xxx.xx
GET  /meetings/{meeting}/items/{item}/my-scores                            ixxxxx-..xxxxxxxx
GET  /meetings/{meeting}/items/{item}/members/{seat}/scores                ixxxxx.xxxxxxxxxx
GET  /meetings/{meeting}/items/{item}/scores/need/talk                     ixxxxx!!!xxxxxxxx
POST /meetings/{meeting}/items/{item}/casting-vote                         ixxxxx???xxxxxxxx
POST /meetings/{meeting}/items/{item}/email-vote                           ixxxxx?xxxxxxxxxx
GET  /meetings/{meeting}/items/{item}/move                                 ixxxxx.xxxxxxxxxx
POST /meetings/{meeting}/items/{item}/up                                   ixxxxx!xxxxxxxxxx
GET  /meetings/{meeting}/items/{item}/papers                               ixxxx....x.xxx.xx
POST /meetings/{meeting}/items/{item}/papers/again                         ixxxxx>xxxxxxxxxx
GET  /meetings/{meeting}/pack                                              ixxxx......xxx.xx
GET  /meetings/{meeting}/pack.pdf                                          ixxxx......xxx.xx
GET  /meetings/{meeting}/minutes                                           ixxxx..---.xxx.xx
GET  /meetings/{meeting}/minutes/print                                     ixxxx..---.xxx.xx
GET  /meetings/{meeting}/minutes.pdf                                       ixxxx..---.xxx.xx
POST /meetings/{meeting}/minutes/draft                                     ixxxxx>xxxxxxxxxx
GET  /meetings/{meeting}/minutes/again                                     ixxxxx.xxxxxxxxxx
GET  /meetings/{meeting}/minutes/sections/{section}                        ixxxxx.xxxxxxxxxx
GET  /meetings/{meeting}/minutes/steps/circulate                           ixxxxx!xxxxxxxxxx
GET  /meetings/{meeting}/minutes/steps/take-back                           ixxxxx!xxxxxxxxxx
GET  /meetings/{meeting}/minutes/steps/agree                               ixxxxx!xxxxxxxxxx
GET  /money                                                                ixxxx.xxxx...x..x
GET  /money/ledger                                                         ixxxx.xxxx...x.xx
GET  /money/ledger.csv                                                     ixxxx.xxxx...x.xx
GET  /money/payees                                                         ixxxx.xxxxx.xx.xx
GET  /money/payees/{urn}                                                   ixxxx.xxxxx.xx.xx
GET  /money/payees/{urn}/propose                                           ixxxxxxxxxx.xxxxx
GET  /money/payees/template.csv                                            ixxxxxxxxxx.xxxxx
GET  /money/payees/upload                                                  ixxxxxxxxxx.xxxxx
POST /money/payees/upload/propose                                          ixxxxxxxxxx?xxxxx
GET  /money/payees/batches/{batch}                                         ixxxx.xxxxx.xx.xx
GET  /money/payees/batches/{batch}/steps/confirm                           ixxxxxxxxxx.xxxxx
GET  /money/payees/batches/{batch}/steps/refuse                            ixxxxxxxxxx.xxxxx
GET  /money/payees/records/{payee}/steps/confirm                           ixxxxxxxxxx.xxxxx
GET  /money/payees/records/{payee}/steps/refuse                            ixxxxxxxxxx.xxxxx
GET  /money/payees/records/{payee}/steps/hold                              ixxxxxxxxxx!xxxxx
GET  /money/payees/records/{payee}/steps/lift                              ixxxxxxxxxx!xxxxx
GET  /money/payees/records/{payee}/steps/end                               ixxxxxxxxxx!xxxxx
GET  /money/runs                                                           ixxxxxxxxxx.xx.xx
GET  /money/runs/{run}                                                     ixxxxxxxxxx.xx.xx
GET  /money/runs/gather/{fund}                                             ixxxxxxxxxx!xxxxx
POST /money/runs/{run}/file                                                ixxxxxxxxxx!xxxxx
POST /money/runs/{run}/answer                                              ixxxxxxxxxx?xxxxx
GET  /money/runs/{run}/steps/approve                                       ixxxxxxxxxx.xxxxx
GET  /money/runs/{run}/steps/export                                        ixxxxxxxxxx!xxxxx
GET  /money/runs/{run}/steps/answer                                        ixxxxxxxxxx!xxxxx
GET  /money/runs/{run}/steps/cancel                                        ixxxxxxxxxx.xxxxx
GET  /money/layouts/{fund}                                                 ixxxxxxxxxx.xxxxx
GET  /money/layouts/{fund}/add                                             ixxxxxxxxxx.xxxxx
GET  /money/layouts/change/{layout}                                        ixxxxxxxxxx.xxxxx
POST /money/layouts/change/{layout}/retire                                 ixxxxxxxxxx!xxxxx
GET  /people                                                               ixxxxxxxxxxxxx.x.
GET  /people/{person}                                                      ixxxxxxxxxxxxx.x.
GET  /people/invite                                                        ixxxxxxxxxxxxxxx.
GET  /people/invite/many                                                   ixxxxxxxxxxxxxxx.
POST /people/invite/many/confirm                                           ixxxxxxxxxxxxxxx>
GET  /people/invite/role                                                   ixxxxxxxxxxxxxxx.
GET  /people/{person}/add/role                                             ixxxxxxxxxxxxxxx.
GET  /people/{person}/school/{membership}/end                              ixxxxxxxxxxxxxxx.
GET  /people/{person}/change                                               ixxxxxxxxxxxxxxx.
GET  /people/{person}/deactivate                                           ixxxxxxxxxxxxxxx.
GET  /funds                                                                ixxxxxxxxxxxxx.x.
GET  /funds/new                                                            ixxxxxxxxxxxxxxx.
GET  /funds/{fund}                                                         ixxxxxxxxxxxxx.x.
GET  /funds/{fund}/settings                                                ixxxxxxxxxxxxxxx.
GET  /funds/{fund}/rules                                                   ixxxx......xx..x.
GET  /funds/{fund}/rules/1                                                 ixxxx......xx..x.
GET  /funds/{fund}/rules/history                                           ixxxx......xx..x.
GET  /funds/{fund}/rules/change                                            ixxxxxxxxxxxxxxx.
GET  /funds/{fund}/lines/add                                               ixxxxxxxxxxxxxxx.
GET  /funds/{fund}/lines/{line}/cut                                        ixxxxxxxxxxxxxxx.
GET  /funds/{fund}/rounds/add                                              ixxxxxxxxxxxxxxx.
GET  /funds/{fund}/rounds/{round}                                          ixxxxxxxxxxxxxxx.
GET  /funds/{fund}/rounds/{round}/priorities/add                           ixxxxxxxxxxxxxxx.
GET  /funds/{fund}/rounds/{round}/priorities/{priority}                    ixxxxxxxxxxxxxxx.
GET  /funds/{fund}/rounds/{round}/priorities/{priority}/retire             ixxxxxxxxxxxxxxx.
GET  /funds/{fund}/rounds/{round}/questions/add                            ixxxxxxxxxxxxxxx.
GET  /funds/{fund}/rounds/{round}/questions/{question}                     ixxxxxxxxxxxxxxx.
GET  /funds/{fund}/rounds/{round}/questions/{question}/retire              ixxxxxxxxxxxxxxx.
GET  /funds/{fund}/days-off                                                ixxxxxxxxxxxxx.x.
GET  /funds/{fund}/days-off/add                                            ixxxxxxxxxxxxxxx.
POST /funds/{fund}/days-off/copy/999999                                    ixxxxxxxxxxxxxxx-
GET  /funds/{fund}/days-off/import                                         ixxxxxxxxxxxxxxx.
GET  /funds/{fund}/days-off/remove                                         ixxxxxxxxxxxxxxx.
GET  /funds/{fund}/grades                                                  ixxxxxxxxxxxxx.x.
GET  /funds/{fund}/grades/add                                              ixxxxxxxxxxxxxxx.
GET  /funds/{fund}/grades/{grade}                                          ixxxxxxxxxxxxxxx.
GET  /funds/{fund}/grades/{grade}/retire                                   ixxxxxxxxxxxxxxx.
GET  /rounds                                                               .................
GET  /rounds/{round}                                                       .................
GET  /rounds/{round}/late                                                  ixxxx.xxxxxxxxxxx
GET  /rounds/{round}/late/{late}/end                                       ixxxx.xxxxxxxxxxx
GET  /directory                                                            i................
GET  /directory/add                                                        i.....xxx.xxxxxxx
GET  /directory/{offer}/change                                             i-..-.xxx-xxxxxxx
POST /directory/{offer}/withdraw                                           i->>->xxx-xxxxxxx
POST /directory/{offer}/offer-again                                        i->>->xxx-xxxxxxx
GET  /support                                                              i....xxxx.xxxxxxx
GET  /support/ask                                                          i.....xxx.xxxxxxx
GET  /support/{support}                                                    i-..-.--------.--
GET  /support/{support}/match                                              ixxxx.xxxxxxxx.xx
GET  /support/{support}/steps/propose                                      ixxxx>xxxxxxxxxxx
GET  /support/{support}/steps/begin-draft                                  i-..-.xxx-xxxxxxx
GET  /support/{support}/steps/close                                        i-..-.xxx-xxxxxxx
GET  /brokering                                                            ixxxx.xxxxxxxx.xx
GET  /brokering/match                                                      ixxxx.xxxxxxxx.xx
GET  /brokering/commission                                                 ixxxx.xxxxxxxxxxx
GET  /brokering/contacts                                                   ixxxx.xxxxxxxx.xx
GET  /brokering/contacts.csv                                               ixxxx.xxxxxxxx.xx
GET  /brokering/contacts/add                                               ixxxx.xxxxxxxxxxx
GET  /brokering/contacts/{contact}/correct                                 ixxxx.xxxxxxxxxxx
GET  /letters                                                              ixxxxxxxxxxxxx.x.
GET  /letters/{letter}                                                     ixxxxxxxxxxxxx.x.
POST /letters/{letter}/resend                                              ixxxxxxxxxxxxxxx?
"""
