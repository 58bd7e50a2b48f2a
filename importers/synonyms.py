"""What vendors call their columns: words only, no rules (domain 4.3, figures 8).

Owns: the table of header words. Must not know: how a header is compared, nor any file. A word that stands under two
fields is ambiguous and is never mapped without a person; that is why words of things that are not stored stand here
too (`NOT_STORED`).
"""

from __future__ import annotations

SYNONYMS: dict[str, str] = {
    "vendor": "Vendor; Partner; Supplier; BPO; Service Provider; OSP; Employer; Agency; Provider; Company; Vendor Name;"
    " Partner Name; Vendor Code; Fornecedor; Proveedor; Lieferant; Fournisseur; Dostawca",
    "site": "Site; Site Code; Site Name; Location; Center; Centre; Geo; City; Delivery Site; Facility; Campus; Office; Hub;"
    " Country; Production Site; Work Location; Sitio; Standort; Lokalizacja",
    "queue": "Queue; Queue Name; Queue ID; Skill; Skillset; Split; Task Type; Job Type; Review Type; Workflow; Pipeline;"
    " Project ID; Scenario; Task Pool; Moderation Queue; Ticket Type; Category; QueueName",
    "language": "Language; Lang; Locale; Market; Country; Region; Lang Pair; Language Code; Idioma; Sprache; Język; Langue",
    "role": "Role; Agent Role; Job Role",
    "day": "Date; Day; Report Date; Business Date; Work Date; Shift Date; Calendar Day; Activity Date; Reporting Day;"
    " Responded Date (Trim); Audit Date; Decision Date; Fecha; Data; Datum; Tanggal; Petsa",
    "period": "Month; Mon; Period; Fiscal Period; FP; P01; Reporting Month; Billing Month; Client Period; Mes; Miesiąc; Monat",
    "side": "Side; Count Side; Counted By",
    "sample": "Sample; Sample Type; Sampling; Audit Type; QA Type",
    "agent_id": "Agent; Agent ID; Agent Name; Employee ID; Emp ID; EID; Emp#; User; User ID; UserID; Login; LoginID; Login ID;"
    " Avaya ID; Reviewer; Reviewer ID; Moderator; Moderator ID; Rep Name; Rep; Rater; Associate; Analyst; Ambassador; PE; CSR;"
    " Specialist; Worker; Labeler; Annotator; Badge",
    "shift_start": "Shift Start; Shift Begin; Shift From",
    "shift_end": "Shift End; Shift Finish; Shift To",
    "decisions": "Decisions; Total Decisions; Handled; Handles; Total Handled; Jobs; Jobs Done; Jobs Completed; Jobs Reviewed;"
    " Reviews; Reviewed; Items Reviewed; Total Reviewed; Cases; Cases Closed; Cases Resolved; Resolved; Closed; Solved;"
    " Tickets Closed; Tasks; Tasks Completed; Task Done; Completed; Completions; Volume; Vol; Volume Processed; Processed;"
    " Actions; Transactions; Trx; Txn; Output; Units; Production; Productivity Count; Moderated; Contents Moderated;"
    " Videos Reviewed; Assets; Entities; Labels; Annotations; Submissions; Submitted; Calls Handled; ACD Calls; Answered;"
    " Contacts Handled; ContactsHandled; ContactsAnswered; Handle Qty; Qty Done; Throughput (count); Casos; Resueltos;"
    " Bearbeitet; Zrealizowane; Traités; Concluídos",
    "actioned_decisions": "Actioned; Actioned Decisions; Violating Decisions",
    "billable_decisions": "Billable Decisions; Billable Units; Billable Items; Billable Transactions",
    "cancelled_items": "Cancelled Items; Cancelled",
    "rework_items": "Rework Items; Rework; Reworked",
    "escalated_items": "Escalated Items; Escalated; Esc; L2; Escalations; Referred; Rerouted",
    "received": "Received; Inflow; Inbound; Incoming; Arrivals; Offered; Calls Offered; Contacts Offered; ContactsOffered;"
    " ContactsQueued; Created; Assigned; New; Enqueued; Intake; Volume In; Presented; Loaded",
    "opening_backlog": "Opening Backlog; B/F; Opening Balance; Backlog; Pending; Open; WIP; Unreviewed; Remaining; Outstanding; Queue Size",
    "closing_backlog": "Closing Backlog; Carry Over; C/F; Closing Balance; Backlog; Pending; Open; WIP; Unreviewed; Remaining;"
    " Outstanding; Queue Size",
    "forecast_items": "Forecast; FC; Fcst; Fcast; Plan; Planned Volume; Projected; Locked Forecast; LF; Budget; AOP; Expected",
    "handle_seconds": "Handle Time; Total Handle Time; HT; Review Time; Time Spent; Total Time; Active Time; Work Time;"
    " Production Time (sec); ACD Time + ACW Time",
    "aht_seconds": "AHT; AHT sec; AHT (mm:ss); Avg Handle Time; Avg Handling Time; Average Handle Time; Average Handling Time;"
    " Ave HT; AvgHandleTime; AverageHandleTime; APT; ART; RPT; ATT; Avg Review Time; Avg Time per Job; Avg. Processing Time;"
    " Mean Handle Time; Cycle Time; TPT; Time/Task; Avg ACD Time; TMO; Bearbeitungszeit; Śr. czas obsługi; DMT; TMA",
    "due_items": "Due Items; Due; Due in Period; SLA Base; SLA Eligible",
    "in_sla_items": "In SLA Items; Met SLA; Items in SLA",
    "excused_due_items": "Excused Due Items; Excused Due",
    "excused_in_sla_items": "Excused In SLA Items; Excused In SLA",
    "in_sla_share": "SLA; SLA %; SL; SL%; Service Level; Service Level %; ServiceLevelPct; % in SLA; %SLA Met; Within SLA;"
    " Within TAT; On-time; On Time %; TAT Compliance; SLA Adherence; SLA Attainment; TSF; Timeliness",
    "paid_hours": "Paid Hours; Paid Hrs; Payroll Hrs; Gross Hours",
    "scheduled_hours": "Scheduled Hours; Sched Hrs; Rostered; Planned Hours; Shift Hours; Required Hours; Committed Hours;"
    " Commits; Accepts",
    "worked_hours": "Worked Hours; Worked Hrs; Attended; Present Hours; Actual Hours; Login Hours; Logged In; Staffed Time;"
    " Log-in time; Time on Floor",
    "production_hours": "Production Hours; Prod Hrs; Prod Hours; Productive Hours; Productive Time; On-Queue; On Queue Time;"
    " Available + Handle; Active Hours; Net Hours; Tool Hours; Moderation Hours; Core Hours; Effective Hours; Utilised Hours",
    "billable_hours": "Billable Hours; Billable Hrs; Billed Hours; Bill Hrs; Chargeable; Invoiced Hours; Approved Hours;"
    " Billable FTE Hours",
    "payable_hours": "Payable Hours; Payable Hrs",
    "break_hours": "Break Hours; Break Hrs",
    "training_hours": "Training Hours; Training Hrs",
    "coaching_hours": "Coaching Hours; Coaching Hrs",
    "meeting_hours": "Meeting Hours; Meeting Hrs",
    "client_downtime_hours": "Client Downtime Hours; Client Downtime; Downtime; System Issue; System Downtime; Tool Outage;"
    " IT Issue; Downtime Hours",
    "vendor_downtime_hours": "Vendor Downtime Hours; Vendor Downtime; Downtime; System Issue; System Downtime; Tool Outage;"
    " IT Issue; Downtime Hours",
    "absent_planned_hours": "Absent Planned Hours; Planned Absence Hours",
    "absent_unplanned_hours": "Absent Unplanned Hours; Unplanned Absence Hours",
    "premium_hours": "Premium Hours",
    "committed_fte_days": "Committed FTE Days; Committed FTE-Days; Commit FTE Days",
    "delivered_fte_days": "Delivered FTE Days; Delivered FTE-Days; FTE Days",
    "joiners": "Joiners; New Hires; Hires; Starters",
    "leavers": "Leavers; Attrition Count; Terms; Terminations; Separations; Exits",
    "transfers_in": "Transfers In",
    "transfers_out": "Transfers Out",
    "wellness_due_agent_weeks": "Wellness Due Agent Weeks",
    "wellness_met_agent_weeks": "Wellness Met Agent Weeks",
    "wellness_offered_agent_weeks": "Wellness Offered Agent Weeks",
    "certified_agents": "Certified Agents",
    "required_agents": "Required Agents",
    "headcount_opening": "Headcount Opening; Opening Headcount; HC; Headcount; Head Count; Active HC",
    "headcount_closing": "Headcount Closing; Closing Headcount; HC; Headcount; Head Count; Active HC",
    "audits": "Audits; # Audits; Audited; QA Sample; Samples; Evaluations; Evals; Monitored; Checked; Sample Size; Total Audited; QC Count",
    "correct": "Correct; Correct Decisions; Correct Audits; Passed",
    "errors": "Errors; Defects; Fails; Incorrect",
    "units_with_critical_error": "Units With Critical Error; Critical Errors; Fatal; Fatal Errors; FE; CE",
    "label_correct": "Label Correct; Correct Labels",
    "units_customer_critical": "Units Customer Critical",
    "units_business_critical": "Units Business Critical",
    "units_compliance_critical": "Units Compliance Critical",
    "true_positives": "True Positives; TP",
    "true_negatives": "True Negatives; TN",
    "false_positives": "False Positives; FP; False Pos; Over-moderation; Overkill",
    "false_negatives": "False Negatives; FN; False Neg; Miss; Missed; Under-moderation; Underkill",
    "wrong_action": "Wrong Action",
    "technical_errors": "Technical Errors",
    "overlap_items": "Overlap Items",
    "overlap_vendor_correct": "Overlap Vendor Correct",
    "overlap_client_correct": "Overlap Client Correct",
    "overlap_both_correct": "Overlap Both Correct",
    "accuracy": "Accuracy; Acc; Acc %; Quality; Quality %; QA Score; Score; Internal Quality; External Quality; Client QA;"
    " Decision Accuracy; Correct %; Pass Rate",
    "critical_accuracy": "Critical Accuracy; Fatal Accuracy",
    "label_accuracy": "Label Accuracy",
    "appeals_filed": "Appeals Filed; Appeals; Appealed",
    "appeals_decided": "Appeals Decided",
    "appeals_overturned": "Appeals Overturned; Overturn; Overturned; Reversal; Reinstated; Restored",
    "appeals_overturned_policy_change": "Appeals Overturned Policy Change",
    "invoice_number": "Invoice Number; Invoice No; Invoice #; Invoice; Inv No; Document Number; Rechnungsnummer",
    "document": "Document; Document Type",
    "issued_on": "Issued On; Issue Date; Invoice Date; Rechnungsdatum",
    "service_from": "Service From; Service Start; Period From; Period Start",
    "service_to": "Service To; Service End; Period To; Period End",
    "currency": "Currency; Curr; CCY; Währung; Moneda",
    "line": "Line; Line No; Line #; Position; Pos",
    "text": "Text; Description; Line Text; Line Description; Service",
    "quantity": "Quantity; Qty; Menge; Cantidad",
    "unit": "Unit; UOM; Unit of Measure; Einheit",
    "rate": "Rate; Unit Rate; Unit Price; Bill Rate; Price/Hr; Price",
    "amount": "Amount; Line Total; Line Amount; Net Amount; Betrag",
    "line_type": "Line Type; Charge Type",
    "invoice_net": "Invoice Net; Net Total; Net; Subtotal",
    "tax": "Tax; VAT",
    "relates_to": "Relates To; Original Invoice; Corrected Invoice; Reference Invoice",
    "item": "Item; Cost Item",
    "from": "From; From Currency",
    "to": "To; To Currency",
    "source": "Source; Rate Source",
}
"""Field -> the words for it; a field's own name always means it."""

NOT_STORED: dict[str, str] = {
    "line of business": "LOB; Line of Business; Line Group; Program; Programme; Project; Process; Sub-process; Account; SBU;"
    " Business Unit; Department; Workstream; Workflow; Team; Skill; Vertical; Market Team",
    "policy": "Policy; Policy Title; Policy Area; Violation; Violation Type; Tag; Label; Reason; Enforcement Reason;"
    " Community Guideline; Harm Type; Severity; Priority",
    "week": "Week; WK; Wk#; Week No; Calendar Week; CW; W/E; Week Ending; W/C; Week Commencing; ISO Week; KW; Semana; Sem",
    "interval": "Interval; Half Hour Interval; Time; Hour; Slot; Start Time",
    "supervisor": "Supervisor; SUP; TL; Team Lead; Team Leader; Manager; Coach; Reporting Manager; AM; OM; Ops Manager",
    "tenure": "Tenure; Tenure Days; Agent Tenure; AON; Vintage; Batch; Wave; Cohort; DOJ; Hire Date; Join Date; Go-live Date;"
    " Production Date",
    "skips": "Skips; Skipped; Released; Timed Out; Expired; Abandoned",
    "turnaround time": "TAT; Turnaround; Turn Around Time; Turnaround Time (hrs); Response Time; Resolution Time; Time to Action;"
    " TTA; Time to Decision; Queue Time; Wait; Latency; Aging; Age; Lead Time; Cycle Time; Publish time; TAT P50; P90; TAT 90th;"
    " P95; TP95; Max TAT",
    "overtime and premiums": "OT; OT Hours; Overtime; OT1; OT1.5; OT2; Extra Hours; Overage; Holiday Hrs; PH; Public Holiday;"
    " RHOT; SH; Night Diff; ND; NSD; Night Shift Hrs; Shift Allowance",
    "utilisation": "Utilisation; Utilization; Util %; UTZ; Productivity %; Prod %; Occupancy; Occ; Occ %; Shrinkage; Shrink;"
    " Shrink %; Leakage",
    "throughput": "DPH; RPH; JPH; TPH; UPH; IPH; PPH; Decisions/Hr; Reviews per Hour; Jobs/Hour; Items/hr; Productivity;"
    " Output/Hr; Per Day Target; Throughput",
    "full-time equivalents": "FTE; Production FTE; Billable FTE; Seats; Committed FTE; FTE Target; O/U; Over/Under; Delta;"
    " Variance; Open Positions; HTD",
    "attrition": "Attrition; Attr; Attr %; Churn; Turnover; LWD",
    "absence": "ABS; Absenteeism; Absent; Unplanned Leave; UPL; Call-outs; NCNS; No Show; Attendance %; Present %",
    "vendor's or client's own review": "Internal Quality; External Quality; Client QA",
    "wellness": "Wellness; Wellness Mins; Wellbeing; WB Time; Resiliency; Decompression; Counselling; Break",
}
"""Things that files hold and that Scoreline does not store, by name -> their words."""

ABBREVIATIONS = {
    "hrs": "hours",
    "hr": "hours",
    "avg": "average",
    "ave": "average",
    "pct": "%",
    "percent": "%",
    "percentage": "%",
    "no": "number",
    "nr": "number",
    "qty": "quantity",
}
"""Words that are written out before headers are compared."""

USER_CONTENT = (
    "url", "link", "permalink", "handle", "username", "user name", "caption", "comment", "comments", "note", "notes",
    "remark", "remarks", "free text", "content", "content id", "post", "post text", "message", "title", "body", "e-mail",
    "email", "phone",
)  # fmt: skip
"""Headers that look like what users wrote or who they are: neither stored nor shown beyond the header."""

TOTAL_WORDS = (
    "total", "totals", "grand total", "subtotal", "sub total", "sub-total", "sum", "overall", "average", "avg", "mtd", "ytd",
    "gesamt", "summe", "suma", "razem", "totale", "total general", "總計", "合計", "총계",
)  # fmt: skip
"""Labels of rows that add up other rows."""

LANGUAGE_NAMES = {
    "arabic": "ar", "bengali": "bn", "bulgarian": "bg", "chinese": "zh", "croatian": "hr", "czech": "cs", "danish": "da",
    "dutch": "nl", "english": "en", "estonian": "et", "filipino": "fil", "finnish": "fi", "french": "fr", "german": "de",
    "greek": "el", "gujarati": "gu", "hebrew": "he", "hindi": "hi", "hungarian": "hu", "indonesian": "id", "italian": "it",
    "japanese": "ja", "kannada": "kn", "korean": "ko", "latvian": "lv", "lithuanian": "lt", "malay": "ms", "malayalam": "ml",
    "marathi": "mr", "norwegian": "no", "persian": "fa", "polish": "pl", "portuguese": "pt", "punjabi": "pa", "romanian": "ro",
    "russian": "ru", "serbian": "sr", "slovak": "sk", "slovenian": "sl", "spanish": "es", "swahili": "sw", "swedish": "sv",
    "tagalog": "tl", "tamil": "ta", "telugu": "te", "thai": "th", "turkish": "tr", "ukrainian": "uk", "urdu": "ur",
    "vietnamese": "vi",
}  # fmt: skip
"""English names of languages -> BCP-47."""


def words_of(text: str) -> tuple[str, ...]:
    """The words of one entry of the tables above.

    >>> words_of("Site; Site Code")
    ('Site', 'Site Code')
    """
    return tuple(word.strip() for word in text.split(";") if word.strip())
