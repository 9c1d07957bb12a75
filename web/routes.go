package web

import (
	"slices"

	"aiqyn/access"
	"aiqyn/web/account"
	"aiqyn/web/citizen"
	"aiqyn/web/file"
	"aiqyn/web/institution"
	"aiqyn/web/office"
	"aiqyn/web/officer"
	"aiqyn/web/operator"
	"aiqyn/web/public"
	"aiqyn/web/reader"
	"aiqyn/web/sheet"
	"aiqyn/web/visit"
)

// route is one line of the site's map. Whether the one who asks may do it at
// all is decided by the policy here, whether to this very case by the engine.
type route struct {
	method, path string // below the language
	may          access.Action
	handle       visit.Handler
}

// pages is the map of the site.
func (s *Server) pages() []route {
	routes := slices.Concat(s.publicPages(), placePages(), feederPages(), lotPages(), s.accountPages(), s.citizenPages(), s.officerPages(), s.operatorPages(), s.officePages())
	if s.demo != nil {
		routes = append(routes, s.demo.routes()...)
	}
	return routes
}

// publicPages are for anybody.
func (s *Server) publicPages() []route {
	return []route{
		{"GET", "/{$}", access.ActionSeePublic, public.Home},
		{"GET", "/services", access.ActionSeePublic, public.Services},
		{"GET", "/services/{service}", access.ActionSeePublic, public.Service},
		{"GET", "/services/{service}/versions", access.ActionSeePublic, public.Versions},
		{"GET", "/capacity", access.ActionSeePublic, public.Capacity},
		{"GET", "/capacity.csv", access.ActionSeePublic, public.CapacityFile(sheet.CSV)},
		{"GET", "/capacity.xlsx", access.ActionSeePublic, public.CapacityFile(sheet.XLSX)},
		{"GET", "/capacity.geojson", access.ActionSeePublic, public.CapacityFile(sheet.GeoJSON)},
		{"GET", "/capacity/map", access.ActionSeePublic, public.Map},
		{"GET", "/capacity/scorecard", access.ActionSeePublic, public.Scorecard},
		{"GET", "/capacity/scorecard.csv", access.ActionSeePublic, public.ScorecardFile(sheet.CSV)},
		{"GET", "/capacity/scorecard.xlsx", access.ActionSeePublic, public.ScorecardFile(sheet.XLSX)},
		{"GET", "/capacity/secrecy", access.ActionSeePublic, public.Secrecy},
		{"GET", "/capacity/points", access.ActionSeePublic, s.wishes(public.Wish)},
		{"GET", "/capacity/points/all", access.ActionSeePublic, s.wishes(public.Considered)},
		{"GET", "/capacity/points/all.csv", access.ActionSeePublic, s.wishes(public.ConsideredFile(sheet.CSV))},
		{"GET", "/capacity/points/all.xlsx", access.ActionSeePublic, s.wishes(public.ConsideredFile(sheet.XLSX))},
		{"GET", "/capacity-tables", access.ActionSeePublic, public.Tables},
		{"GET", "/capacity-tables/{index}", access.ActionSeePublic, public.TablesAct},
		{"GET", "/capacity/changes", access.ActionSeePublic, public.Changes},
		{"GET", "/capacity/changes.csv", access.ActionSeePublic, public.ChangesFile(sheet.CSV)},
		{"GET", "/capacity/changes.xlsx", access.ActionSeePublic, public.ChangesFile(sheet.XLSX)},
		{"GET", "/capacity/{id}", access.ActionSeePublic, public.Transformer},
		{"GET", "/capacity/{id}/history", access.ActionSeePublic, public.History},
		{"GET", "/capacity/{id}/history.csv", access.ActionSeePublic, public.HistoryFile(sheet.CSV)},
		{"GET", "/capacity/{id}/history.xlsx", access.ActionSeePublic, public.HistoryFile(sheet.XLSX)},
		{"GET", "/ledger", access.ActionSeePublic, public.Ledger},
		{"GET", "/ledger/entries", access.ActionSeePublic, public.Entries},
		{"GET", "/ledger/entries.csv", access.ActionSeePublic, public.EntriesFile(sheet.CSV)},
		{"GET", "/ledger/entries.xlsx", access.ActionSeePublic, public.EntriesFile(sheet.XLSX)},
		{"GET", "/ledger/{index}", access.ActionSeePublic, public.Entry},
		{"GET", "/figures", access.ActionSeePublic, public.Figures},
		{"GET", "/figures/road", access.ActionSeePublic, public.RoadFigures},
		{"GET", "/figures/road.csv", access.ActionSeePublic, public.RoadFile(sheet.CSV)},
		{"GET", "/figures/road.xlsx", access.ActionSeePublic, public.RoadFile(sheet.XLSX)},
		{"GET", "/figures/light.csv", access.ActionSeePublic, public.LightFile(sheet.CSV)},
		{"GET", "/figures/light.xlsx", access.ActionSeePublic, public.LightFile(sheet.XLSX)},
		{"GET", "/figures.csv", access.ActionSeePublic, public.FiguresFile(sheet.CSV)},
		{"GET", "/figures.xlsx", access.ActionSeePublic, public.FiguresFile(sheet.XLSX)},
		{"GET", "/releases", access.ActionSeePublic, public.Releases},
		{"GET", "/verify", access.ActionSeePublic, public.Verify},
		{"POST", "/verify", access.ActionSeePublic, public.CheckReceipt},
		{"GET", "/docs", access.ActionSeePublic, public.Docs},
		{"GET", "/docs/{page...}", access.ActionSeePublic, public.Docs},
		{"GET", "/policy", access.ActionSeePublic, public.Rules},
		{"GET", "/check/{index}/{code}", access.ActionSeePublic, public.Paper},
		{"GET", "/design", access.ActionSeePublic, public.Design},
		{"GET", "/design/{component}", access.ActionSeePublic, public.Design},
		{"GET", "/rules", access.ActionSeePublic, public.Rules},
		{"GET", "/certificates", access.ActionSeePublic, public.Certificates},
		{"GET", "/certificates/demands.csv", access.ActionSeePublic, public.DemandsFile(sheet.CSV)},
		{"GET", "/certificates/demands.xlsx", access.ActionSeePublic, public.DemandsFile(sheet.XLSX)},
		{"GET", "/certificates/report", access.ActionReportDemand, public.Report},
		{"POST", "/certificates/report", access.ActionReportDemand, public.SendReport},
	}
}

// placePages are of what is waited for.
func placePages() []route {
	return []route{
		{"GET", "/places", access.ActionSeePublic, public.Queues},
		{"GET", "/places.csv", access.ActionSeePublic, public.QueuesFile(sheet.CSV)},
		{"GET", "/places.xlsx", access.ActionSeePublic, public.QueuesFile(sheet.XLSX)},
		{"GET", "/places/{service}", access.ActionSeePublic, public.Places},
		{"GET", "/places/{service}/groups.csv", access.ActionSeePublic, public.PlacesFile(sheet.CSV)},
		{"GET", "/places/{service}/groups.xlsx", access.ActionSeePublic, public.PlacesFile(sheet.XLSX)},
		{"GET", "/places/{service}/map", access.ActionSeePublic, public.PlacesMap},
		{"GET", "/places/{service}/inversions", access.ActionSeePublic, public.Inversions},
		{"GET", "/places/{service}/inversions.csv", access.ActionSeePublic, public.InversionsFile(sheet.CSV)},
		{"GET", "/places/{service}/inversions.xlsx", access.ActionSeePublic, public.InversionsFile(sheet.XLSX)},
		{"GET", "/places/{service}/groups/{institution}/{group}", access.ActionSeePublic, public.PlaceGroup},
		{"GET", "/places/{service}/rounds", access.ActionSeePublic, public.Rounds},
		{"GET", "/places/{service}/rounds.csv", access.ActionSeePublic, public.RoundsFile(sheet.CSV)},
		{"GET", "/places/{service}/rounds.xlsx", access.ActionSeePublic, public.RoundsFile(sheet.XLSX)},
		{"GET", "/places/{service}/rounds/{day}", access.ActionSeePublic, public.Round},
		{"GET", "/places/{service}/rounds/{day}/round.json", access.ActionSeePublic, public.RoundFile},
		{"GET", "/places/{service}/rounds/{day}/result.json", access.ActionSeePublic, public.RoundResult},
	}
}

// accountPages are for signing in and for what one's account holds.
func (s *Server) accountPages() []route {
	return []route{
		{"GET", "/sign-in", access.ActionSeePublic, account.SignIn},
		{"POST", "/sign-in", access.ActionSeePublic, s.asksCode(account.SendCode)},
		{"GET", "/sign-in/code", access.ActionSeePublic, account.Code},
		{"POST", "/sign-in/code", access.ActionSeePublic, s.tries(account.EnterCode)},
		{"POST", "/sign-in/passkey", access.ActionSeePublic, s.tries(account.EnterByPasskey)},
		{"GET", "/sign-in/oidc", access.ActionSeePublic, s.tries(account.GoToProvider)},
		{"POST", "/sign-out", access.ActionSeePublic, account.SignOut},
		{"GET", "/kiosk", access.ActionSeePublic, account.Kiosk},
		{"POST", "/kiosk", access.ActionSeePublic, account.SetKiosk},
		{"GET", "/kiosk/over", access.ActionSeePublic, account.KioskOver},

		{"GET", "/confirm", access.ActionAccount, account.AskProof},
		{"POST", "/confirm", access.ActionAccount, s.proven(account.Confirmed, nil)},
		{"GET", "/account", access.ActionAccount, account.Account},
		{"POST", "/account/sessions/end", access.ActionAccount, account.EndSession},
		{"GET", "/account/passkeys/new", access.ActionAccount, account.NewPasskey},
		{"POST", "/account/passkeys", access.ActionAccount, s.proven(account.AddPasskey, nil)},
		{"POST", "/account/passkeys/remove", access.ActionAccount, s.proven(account.RemovePasskey, nil)},
		{"GET", "/account/record", access.ActionAccount, account.Record},
		{"GET", "/account/readings", access.ActionReadings, account.Readings},
		{"GET", "/account/looks", access.ActionReadings, account.Looks},
		{"GET", "/account/contact", access.ActionAccount, account.Contact},
		{"POST", "/account/contact", access.ActionAccount, s.proven(account.SetContact, nil)},
		{"GET", "/account/messages", access.ActionAccount, account.Letters},
		{"GET", "/account/programs", access.ActionWebhook, account.Programs},
		{"POST", "/account/programs", access.ActionWebhook, s.proven(account.SetProgram, account.Programs)},
		{"POST", "/account/programs/try", access.ActionWebhook, account.TryProgram},
		{"POST", "/account/programs/end", access.ActionWebhook, s.proven(account.EndProgram, nil)},
		{"GET", "/account/mandates", access.ActionActFor, account.Mandates},
		{"POST", "/account/acting", access.ActionActFor, names(account.ActFor)},
		{"GET", "/account/mandates/new", access.ActionMandate, account.NewMandate},
		{"POST", "/account/mandates/new", access.ActionMandate, s.proven(names(account.GiveMandate), account.NewMandate)},
		{"POST", "/account/mandates/accept", access.ActionMandate, s.proven(account.AcceptMandate, nil)},
		{"POST", "/account/mandates/end", access.ActionMandate, s.proven(account.EndMandate, nil)},
	}
}

// lotPages are of plots that are sold by auction.
func lotPages() []route {
	return []route{
		{"GET", "/lots", access.ActionSeePublic, public.Lots},
		{"GET", "/lots.csv", access.ActionSeePublic, public.LotsFile(sheet.CSV)},
		{"GET", "/lots.xlsx", access.ActionSeePublic, public.LotsFile(sheet.XLSX)},
		{"GET", "/lots/{lot}", access.ActionSeePublic, public.Lot},
		{"GET", "/lots/{lot}/round.json", access.ActionSeePublic, public.LotRound},
		{"GET", "/lots/{lot}/result.json", access.ActionSeePublic, public.LotResult},
		{"GET", "/lots/{lot}/ocds.json", access.ActionSeePublic, public.LotOCDS},
	}
}

// feederPages are of the lines of the network, of its buses, and of what binds or is owed.
func feederPages() []route {
	return []route{
		{"GET", "/capacity/owed", access.ActionSeePublic, public.Owed},
		{"GET", "/capacity/withdrawn", access.ActionSeePublic, public.Withdrawn},
		{"GET", "/capacity/{id}/binding.csv", access.ActionSeePublic, public.BindingFile(sheet.CSV)},
		{"GET", "/capacity/{id}/binding.xlsx", access.ActionSeePublic, public.BindingFile(sheet.XLSX)},
		{"GET", "/capacity/{id}/buses", access.ActionSeeExact, public.Buses},
		{"GET", "/capacity/{id}/buses.csv", access.ActionSeeExact, public.BusesFile(sheet.CSV)},
		{"GET", "/capacity/{id}/buses.xlsx", access.ActionSeeExact, public.BusesFile(sheet.XLSX)},
		{"GET", "/feeders", access.ActionSeePublic, public.Feeders},
		{"GET", "/feeders.csv", access.ActionSeePublic, public.FeedersFile(sheet.CSV)},
		{"GET", "/feeders.xlsx", access.ActionSeePublic, public.FeedersFile(sheet.XLSX)},
		{"GET", "/feeders.geojson", access.ActionSeePublic, public.FeedersFile(sheet.GeoJSON)},
		{"GET", "/feeders/{line}/history", access.ActionSeePublic, public.Feeder},
		{"GET", "/feeders/{line}", access.ActionSeePublic, public.Feeder},
		{"GET", "/feeders/{line}/history.csv", access.ActionSeePublic, public.FeederFile(sheet.CSV)},
		{"GET", "/feeders/{line}/history.xlsx", access.ActionSeePublic, public.FeederFile(sheet.XLSX)},
		{"GET", "/capacity/lines.csv", access.ActionSeePublic, public.CorridorsFile(sheet.CSV)},
		{"GET", "/capacity/lines.geojson", access.ActionSeePublic, public.CorridorsFile(sheet.GeoJSON)},
	}
}

// operatorPages are for those who keep the service running.
func (s *Server) operatorPages() []route {
	return []route{
		{"GET", "/institution", access.ActionReportPlaces, institution.Places},
		{"POST", "/institution", access.ActionReportPlaces, s.proven(institution.Report, institution.Places)},
		{"GET", "/institution/day", access.ActionReportPlaces, institution.Day},
		{"POST", "/institution/schedule", access.ActionReportPlaces, s.proven(institution.Schedule, institution.Places)},
		{"POST", "/institution/visit", access.ActionReportPlaces, s.proven(institution.Visit, nil)},
		{"GET", "/institution/lots", access.ActionReportPlaces, institution.Lots},
		{"POST", "/institution/lots", access.ActionReportPlaces, s.proven(institution.PublishLot, institution.Lots)},
		{"POST", "/institution/lots/withdraw", access.ActionReportPlaces, s.proven(institution.WithdrawLot, institution.Lots)},
		{"GET", "/facts", access.ActionReadFact, reader.Facts},
		{"POST", "/facts", access.ActionReadFact, s.proven(names(reader.Send), reader.Facts)},
		{"GET", "/operate/letters", access.ActionOperate, operator.Letters},
		{"GET", "/operate/jobs", access.ActionOperate, operator.Jobs},
		{"POST", "/operate/letters", access.ActionOperate, s.proven(operator.Resend, nil)},
		{"GET", "/operate/measurements", access.ActionMeasure, operator.Measurements},
		{"POST", "/operate/measurements", access.ActionMeasure, s.proven(operator.TakeMeasurements, operator.Measurements)},
		{"GET", "/operate/measurements/{entry}", access.ActionMeasure, operator.Batch},
		{"GET", "/operate/meters", access.ActionMeasure, operator.Meters},
		{"POST", "/operate/meters", access.ActionMeasure, s.proven(operator.RegisterMeters, operator.Meters)},
		{"GET", "/operate/corrections", access.ActionMeasure, operator.Corrections},
		{"POST", "/operate/corrections", access.ActionMeasure, s.proven(operator.TakeCorrections, operator.Corrections)},
		{"GET", "/operate/corrections/{entry}", access.ActionMeasure, operator.Correction},
	}
}

// officePages are for those who keep the rules, the rosters and the keys, and for
// those who watch.
func (s *Server) officePages() []route {
	routes := []route{
		{"GET", "/office", access.ActionOffice, office.Office},
		{"GET", "/office/cases/{ref}", access.ActionOpenCase, officer.Case},
		{"GET", "/office/rosters", access.ActionRoster, office.Rosters},
		{"GET", "/office/rosters/{role}/{body}", access.ActionRoster, office.Roster},
		{"GET", "/office/flips", access.ActionWatch, office.Flips},
		{"GET", "/office/flips.csv", access.ActionWatch, office.FlipsFile(sheet.CSV)},
		{"GET", "/office/flips.xlsx", access.ActionWatch, office.FlipsFile(sheet.XLSX)},
		{"GET", "/office/open", access.ActionOpenCase, office.Ask("open")},
		{"POST", "/office/open", access.ActionOpenCase, office.Open},
	}
	for _, name := range []string{"enrol", "remove"} {
		ask, send := office.OfARoster(office.Ask(name)), office.OfARoster(office.Send(name))
		routes = append(routes, route{"GET", "/office/" + name, access.ActionRoster, ask}, route{"POST", "/office/" + name, access.ActionRoster, s.proven(send, ask)})
	}
	for _, t := range []struct {
		name string
		may  access.Action
	}{
		{"publish", access.ActionPublishPack}, {"sign", access.ActionPublishPack},
		{"erase", access.ActionEraseRequest}, {"confirm-erasure", access.ActionEraseConfirm}, {"confirm-report", access.ActionEraseConfirm},
		{"attest", access.ActionAttest}, {"classify", access.ActionClassify}, {"confirm-class", access.ActionConfirmClass}, {"glass", access.ActionAskGlass}, {"confirm-glass", access.ActionOpenGlass}, {"reduce", access.ActionReduce}, {"confirm-reduce", access.ActionReduce}, {"confirm-peaks", access.ActionReduce}, {"decline-peaks", access.ActionReduce}, {"confirm-queue", access.ActionConfirmQueue}, {"decline-queue", access.ActionConfirmQueue}, {"confirm-tables", access.ActionConfirmTables}, {"decline-tables", access.ActionConfirmTables}, {"hold", access.ActionHold}, {"lift", access.ActionHold}, {"report", access.ActionWatch},
	} {
		routes = append(routes,
			route{"GET", "/office/" + t.name, t.may, office.Ask(t.name)}, route{"POST", "/office/" + t.name, t.may, s.proven(office.Send(t.name), office.Ask(t.name))})
	}
	return routes
}

// citizenPages are for whoever asks for something.
func (s *Server) citizenPages() []route {
	return []route{
		{"GET", "/apply/{service}", access.ActionFileCase, citizen.Tasks},
		{"GET", "/apply/{service}/questions/{question}", access.ActionFileCase, citizen.Question},
		{"POST", "/apply/{service}/questions/{question}", access.ActionFileCase, citizen.Answer},
		{"GET", "/apply/{service}/check", access.ActionFileCase, citizen.CheckAnswers},
		{"POST", "/apply/{service}/file", access.ActionFileCase, s.proven(s.files(citizen.File), nil)},
		{"POST", "/apply/{service}/forget", access.ActionFileCase, citizen.Forget},

		{"GET", "/cases", access.ActionViewOwnCase, citizen.Cases},
		{"GET", "/cases.csv", access.ActionViewOwnCase, citizen.CasesFile(sheet.CSV)},
		{"GET", "/cases.xlsx", access.ActionViewOwnCase, citizen.CasesFile(sheet.XLSX)},
		{"GET", "/cases/{ref}", access.ActionViewOwnCase, citizen.Case},
		{"GET", "/cases/{ref}/evidence.zip", access.ActionReceiptFile, citizen.Evidence},
		{"GET", "/cases/{ref}/refusal.html", access.ActionReceiptFile, citizen.RefusalPage},
		{"GET", "/cases/{ref}/filed", access.ActionViewOwnCase, citizen.Filed},
		{"GET", "/cases/{ref}/conditions", access.ActionViewOwnCase, citizen.Conditions},
		{"GET", "/cases/{ref}/conditions.pdf", access.ActionViewOwnCase, citizen.ConditionsPDF},
		{"GET", "/cases/{ref}/receipts/{index}", access.ActionViewReceipt, citizen.Receipt},
		{"GET", "/cases/{ref}/receipts/{index}/file", access.ActionReceiptFile, citizen.ReceiptFile},
		{"GET", "/cases/{ref}/receipts/{index}/pdf", access.ActionReceiptFile, citizen.ReceiptPDF},
		{"GET", "/cases/{ref}/other/file", access.ActionReceiptFile, citizen.OtherReceipt},
		{"GET", "/cases/{ref}/files/{hash}", access.ActionViewOwnCase, file.Ask("cases")},
		{"POST", "/cases/{ref}/files/{hash}", access.ActionViewOwnCase, file.Open("cases")},
		{"GET", "/cases/{ref}/files/{hash}/content", access.ActionViewOwnCase, file.Content},
		{"GET", "/cases/{ref}/pay", access.ActionPay, citizen.AskPay},
		{"POST", "/cases/{ref}/pay", access.ActionPay, citizen.Pay},
		{"GET", "/cases/{ref}/paid", access.ActionViewOwnCase, s.asksBank(citizen.Paid)},
		{"GET", "/cases/{ref}/contest", access.ActionContest, citizen.AskContest},
		{"POST", "/cases/{ref}/contest", access.ActionContest, s.proven(citizen.Contest, citizen.AskContest)},
		{"GET", "/cases/{ref}/point", access.ActionChoosePoint, citizen.AskPoint},
		{"POST", "/cases/{ref}/point", access.ActionChoosePoint, s.proven(citizen.ChoosePoint, citizen.AskPoint)},
		{"GET", "/cases/{ref}/queue", access.ActionViewOwnCase, citizen.Queue},
		{"GET", "/cases/{ref}/elsewhere", access.ActionViewOwnCase, citizen.Elsewhere},
		{"POST", "/cases/{ref}/queue", access.ActionTakeStep, s.proven(citizen.InQueue, nil)},
		{"GET", "/cases/{ref}/booking.ics", access.ActionViewOwnCase, citizen.Booking},
		{"GET", "/cases/{ref}/bid", access.ActionTakeStep, citizen.Bid},
		{"POST", "/cases/{ref}/bid", access.ActionTakeStep, s.proven(citizen.SealBid, citizen.Bid)},
		{"POST", "/cases/{ref}/bid/prepare", access.ActionTakeStep, citizen.PrepareBid},
		{"POST", "/cases/{ref}/bid/open", access.ActionTakeStep, s.proven(citizen.OpenBid, citizen.Bid)},
		{"GET", "/cases/{ref}/transfer", access.ActionTakeStep, citizen.AskTransfer},
		{"POST", "/cases/{ref}/transfer", access.ActionTakeStep, s.proven(citizen.Transfer, citizen.AskTransfer)},
		{"GET", "/cases/{ref}/step", access.ActionTakeStep, citizen.AskStep},
		{"POST", "/cases/{ref}/step", access.ActionTakeStep, s.proven(citizen.TakeStep, citizen.AskStep)},
		{"GET", "/cases/{ref}/object", access.ActionObject, citizen.AskObject},
		{"POST", "/cases/{ref}/object", access.ActionObject, s.proven(citizen.Object, citizen.AskObject)},
		{"GET", "/cases/{ref}/appeal", access.ActionAppeal, citizen.AskAppeal},
		{"POST", "/cases/{ref}/appeal", access.ActionAppeal, s.proven(citizen.Appeal, citizen.AskAppeal)},
		{"GET", "/cases/{ref}/correct", access.ActionAskCorrect, citizen.AskCorrection},
		{"POST", "/cases/{ref}/correct", access.ActionAskCorrect, s.proven(citizen.SendCorrection, citizen.AskCorrection)},
		{"GET", "/cases/{ref}/withdraw", access.ActionWithdraw, citizen.AskWithdraw},
		{"POST", "/cases/{ref}/withdraw", access.ActionWithdraw, s.proven(citizen.Withdraw, citizen.AskWithdraw)},
	}
}

// officerPages are for those who act and decide.
func (s *Server) officerPages() []route {
	return []route{
		{"GET", "/desk", access.ActionInbox, officer.Inbox},
		{"GET", "/desk.csv", access.ActionInbox, officer.InboxFile(sheet.CSV)},
		{"GET", "/desk.xlsx", access.ActionInbox, officer.InboxFile(sheet.XLSX)},
		{"GET", "/desk/{ref}", access.ActionOpenSealed, officer.Case},
		{"POST", "/desk/{ref}/steps/{step}/perform", access.ActionPerformStep, s.proven(officer.Perform, nil)},
		{"POST", "/desk/{ref}/steps/{step}/files/{kind}", access.ActionPerformStep, file.Begin},
		{"HEAD", "/desk/{ref}/steps/{step}/files/{kind}/{id}", access.ActionPerformStep, file.Where},
		{"PATCH", "/desk/{ref}/steps/{step}/files/{kind}/{id}", access.ActionPerformStep, file.GoOn},
		{"DELETE", "/desk/{ref}/steps/{step}/files/{kind}/{id}", access.ActionPerformStep, file.Drop},
		{"GET", "/desk/{ref}/files/{hash}", access.ActionOpenPersonal, file.Ask("desk")},
		{"POST", "/desk/{ref}/files/{hash}", access.ActionOpenPersonal, s.proven(file.Open("desk"), nil)},
		{"GET", "/desk/{ref}/files/{hash}/content", access.ActionOpenPersonal, file.Content},
		{"POST", "/desk/{ref}/steps/{step}/decide", access.ActionDecide, s.proven(officer.Decide, nil)},
		{"POST", "/desk/{ref}/appeal", access.ActionDecideAppeal, s.proven(officer.DecideAppeal, nil)},
		{"POST", "/desk/{ref}/correction", access.ActionCorrect, s.proven(officer.AnswerCorrection, nil)},
		{"POST", "/desk/{ref}/open", access.ActionOpenPersonal, s.proven(officer.Uncover, nil)},
		{"POST", "/desk/{ref}/suspend", access.ActionSuspend, s.proven(officer.Suspend, nil)},
		{"POST", "/desk/{ref}/resume", access.ActionResume, s.proven(officer.Resume, nil)},
	}
}
