package access

import (
	"slices"

	"aiqyn"
)

// officers do the work of cases.
var officers = []aiqyn.Role{aiqyn.RoleSurveyor, aiqyn.RoleEngineer, aiqyn.RoleHead}

// seated are officers with a desk: those, and whoever decides on appeals.
var seated = append([]aiqyn.Role{aiqyn.RoleAppeals}, officers...)

// offices are those who act on no case, or not only: each has a page of its own.
var offices = []aiqyn.Role{
	aiqyn.RoleHead, aiqyn.RolePublisher, aiqyn.RoleRegistrar, aiqyn.RoleCustodian, aiqyn.RoleAuditor, aiqyn.RoleOverseer, aiqyn.RoleOperator, aiqyn.RoleSecrecy,
}

// holders are those who sign in: everybody but the public, programs and the
// system itself.
var holders = append([]aiqyn.Role{
	aiqyn.RoleApplicant, aiqyn.RolePublisher, aiqyn.RoleRegistrar, aiqyn.RoleCustodian, aiqyn.RoleAuditor,
	aiqyn.RoleOverseer, aiqyn.RoleOperator, aiqyn.RoleSecrecy, aiqyn.RoleInstitution, aiqyn.RoleReader,
}, seated...)

// Official reports whether somebody can stand on a roster in a role: all who sign in, but
// for applicants.
func Official(r aiqyn.Role) bool { return r != aiqyn.RoleApplicant && slices.Contains(holders, r) }

// forAnother is what somebody may do for a person or a company, and what they go
// on doing for themselves meanwhile: leave it, and keep their own account. Who has
// a mandate cannot pass it on: that is not among it.
var forAnother = []Action{
	ActionFileCase, ActionViewOwnCase, ActionViewReceipt, ActionReceiptFile, ActionObject, ActionWithdraw, ActionPay, ActionContest, ActionChoosePoint, ActionTakeStep, ActionAppeal, ActionAskCorrect, ActionConsent,
	ActionAccount, ActionActFor,
}

// policy is every permission there is. A role that is not in a line does not
// have it; a relation is matched exactly and implies no other.
var policy = []Rule{
	{"public.see", aiqyn.Roles, []Action{ActionSeePublic}, None, Nothing},
	{"public.metrics", aiqyn.Roles, []Action{ActionMetrics}, None, Nothing},
	{"public.report", []aiqyn.Role{aiqyn.RoleAnonymous, aiqyn.RoleApplicant},
		[]Action{ActionReportDemand}, None, Nothing},

	{"applicant.file", []aiqyn.Role{aiqyn.RoleApplicant}, []Action{ActionFileCase}, Own, Identity},
	{"applicant.own", []aiqyn.Role{aiqyn.RoleApplicant},
		[]Action{ActionViewOwnCase, ActionViewReceipt, ActionReceiptFile}, Own, Identity},
	{"applicant.act", []aiqyn.Role{aiqyn.RoleApplicant},
		[]Action{ActionObject, ActionWithdraw, ActionPay, ActionContest, ActionChoosePoint, ActionTakeStep, ActionAppeal, ActionAskCorrect, ActionReportDemand, ActionConsent, ActionWebhook}, Own, Identity},

	{"applicant.mandates", []aiqyn.Role{aiqyn.RoleApplicant}, []Action{ActionActFor, ActionMandate}, Own, Identity},
	{"represented.act", []aiqyn.Role{aiqyn.RoleApplicant}, append([]Action{ActionReadings, ActionWebhook, ActionMandate}, forAnother...), Represented, Identity},
	{"mandated.act", []aiqyn.Role{aiqyn.RoleApplicant}, forAnother, Mandated, Identity},

	{"account.own", holders, []Action{ActionAccount}, Own, Identity},

	{"officer.inbox", seated, []Action{ActionInbox}, Body, Thing},
	{"officer.sealed", seated, []Action{ActionOpenSealed}, Body, Thing},
	{"officer.drawn", officers,
		[]Action{ActionOpenCase, ActionPerformStep, ActionViewReceipt}, Drawn, Masked},
	{"officer.clock", officers, []Action{ActionSuspend, ActionResume}, Drawn, Masked},
	{"officer.decide", []aiqyn.Role{aiqyn.RoleEngineer, aiqyn.RoleHead}, []Action{ActionDecide}, Drawn, Masked},

	{"appeals.open", []aiqyn.Role{aiqyn.RoleAppeals}, []Action{ActionOpenCase, ActionViewReceipt}, Drawn, Masked},
	{"appeals.decide", []aiqyn.Role{aiqyn.RoleAppeals, aiqyn.RoleHead}, []Action{ActionDecideAppeal}, Drawn, Masked},

	{"officer.uncover", seated, []Action{ActionOpenPersonal}, Drawn, Identity},
	{"glass.ask", []aiqyn.Role{aiqyn.RoleOverseer, aiqyn.RoleAuditor}, []Action{ActionAskGlass}, None, Masked},
	{"glass.open", []aiqyn.Role{aiqyn.RoleCustodian}, []Action{ActionOpenGlass}, None, Thing},
	{"applicant.readings", []aiqyn.Role{aiqyn.RoleApplicant}, []Action{ActionReadings}, Own, Identity},

	{"head.open", []aiqyn.Role{aiqyn.RoleHead}, []Action{ActionOpenCase}, Body, Masked},
	{"head.mend", []aiqyn.Role{aiqyn.RoleHead}, []Action{ActionCorrect, ActionAnnul}, Body, Masked},
	{"erase.request", []aiqyn.Role{aiqyn.RoleHead}, []Action{ActionEraseRequest}, Body, Masked},
	{"erase.confirm", []aiqyn.Role{aiqyn.RoleCustodian}, []Action{ActionEraseConfirm}, None, Thing},

	{"publisher.publish", []aiqyn.Role{aiqyn.RolePublisher}, []Action{ActionPublishPack}, None, Nothing},
	{"registrar.roster", []aiqyn.Role{aiqyn.RoleRegistrar}, []Action{ActionRoster}, Body, Nothing},

	{"office.own", offices, []Action{ActionOffice}, Own, Nothing},

	{"overseer.watch", []aiqyn.Role{aiqyn.RoleOverseer}, []Action{ActionWatch}, None, Thing},
	{"overseer.open", []aiqyn.Role{aiqyn.RoleOverseer}, []Action{ActionOpenCase}, None, Masked},
	{"overseer.hold", []aiqyn.Role{aiqyn.RoleOverseer}, []Action{ActionHold}, None, Thing},
	{"auditor.audit", []aiqyn.Role{aiqyn.RoleAuditor}, []Action{ActionAudit, ActionAttest}, None, Thing},
	{"auditor.open", []aiqyn.Role{aiqyn.RoleAuditor}, []Action{ActionOpenCase}, None, Masked},

	{"margin.reduce", []aiqyn.Role{aiqyn.RoleHead, aiqyn.RoleOverseer}, []Action{ActionReduce}, None, Nothing},
	{"secrecy.classify", []aiqyn.Role{aiqyn.RoleSecrecy}, []Action{ActionClassify}, None, Nothing},
	{"secrecy.confirm", []aiqyn.Role{aiqyn.RoleOverseer}, []Action{ActionConfirmClass}, None, Nothing},
	{"secrecy.review", []aiqyn.Role{aiqyn.RoleSecrecy, aiqyn.RoleAuditor, aiqyn.RoleOverseer}, []Action{ActionReviewClass}, None, Nothing},
	{"tables.confirm", []aiqyn.Role{aiqyn.RoleOverseer}, []Action{ActionConfirmTables}, None, Nothing},
	{"queue.confirm", []aiqyn.Role{aiqyn.RoleOverseer}, []Action{ActionConfirmQueue}, None, Nothing},
	{"secrecy.exact", []aiqyn.Role{aiqyn.RoleSurveyor, aiqyn.RoleEngineer, aiqyn.RoleHead, aiqyn.RoleAuditor, aiqyn.RoleOverseer, aiqyn.RoleSecrecy}, []Action{ActionSeeExact}, None, Nothing},

	{"institution.places", []aiqyn.Role{aiqyn.RoleInstitution}, []Action{ActionReportPlaces}, Body, Masked},
	{"reader.fact", []aiqyn.Role{aiqyn.RoleReader}, []Action{ActionReadFact}, Consented, Identity},
	{"operator.operate", []aiqyn.Role{aiqyn.RoleOperator}, []Action{ActionOperate, ActionImport, ActionMeasure}, None, Nothing},
}
