// Package api is the interface of programs: the same engine, policy and errors
// as the pages, as JSON. Names are those of the pages; times are RFC 3339,
// power is in watts, money in tiyn. What it takes and answers is described by
// [Document], which is made from the same table and types that serve.
package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/casework"
	"aiqyn/web/visit"
)

// Limits of the interface. They are those of the pages: whoever comes by both
// has one share.
const (
	CommandsPerMinute = 60      // by account, or address of who is not signed in
	FilingsPerHour    = 20      // by account, and by whom they are for
	MaxBody           = 2 << 20 // bytes of one request
	MaxPage           = 200     // lines of one list
)

// Route is one line of the interface, below /api/v1.
type Route struct {
	Method, Path string
	May          access.Action
	Handle       visit.Handler
	Operation
}

// Operation is what the document says of a route beside its path.
type Operation struct {
	Name   string // operationId
	Says   string // what it does, in one sentence
	Paged  bool   // takes after and limit
	Query  []Parameter
	Takes  any    // zero value of the body's type; nil: there is none
	Status int    // of success; 0: 200
	Gives  any    // zero value of the answer's type
	Mime   string // of the answer; empty: application/json
	Files  bool   // counts as an application
	Seeks  bool   // searches for connection points, or for a parcel by place, which is limited
	Names  bool   // names a person, or a company, by their number
	Fails  []aiqyn.ErrorKind
}

// Parameter is one value of the address after the question mark.
type Parameter struct{ Name, Says string }

// Routes is the whole interface.
func Routes() []Route {
	return slices.Concat(publicRoutes(), applicantRoutes(), mandateRoutes(), factRoutes(), lookRoutes(), webhookRoutes(), officerRoutes(), rosterRoutes(), operatorRoutes(), capacityTablesRoutes(), queueRoutes(), lotRoutes(), fhirRoutes())
}

func publicRoutes() []Route {
	missing := []aiqyn.ErrorKind{aiqyn.NotFound}
	return []Route{
		{"GET", "/openapi.json", access.ActionSeePublic, openapi, Operation{Name: "openapi", Says: "This document.", Gives: map[string]any{}}},
		{"GET", "/policy", access.ActionSeePublic, policy, Operation{Name: "getPolicy", Says: "Who may do what, and every act that takes two people.", Gives: policyJSON{}}},
		{"GET", "/services", access.ActionSeePublic, services, Operation{Name: "listServices", Says: "The services of the pack in force.", Gives: servicesJSON{}}},
		{"GET", "/services/{service}", access.ActionSeePublic, oneService,
			Operation{Name: "getService", Says: "One service: what it asks, and every reason to refuse.", Gives: serviceJSON{}, Fails: missing}},
		{"GET", "/catalogue.jsonld", access.ActionSeePublic, catalogueFile,
			Operation{Name: "getCatalogue", Says: "The services as CPSV-AP 3.2 writes them, in JSON-LD.", Gives: map[string]any{}, Mime: mimeJSONLD}},
		{"GET", "/capacity", access.ActionSeePublic, capacity, Operation{Name: "listCapacity", Says: "Free power by transformer, as last published.", Paged: true,
			Query: []Parameter{{"district", "Russian name of a district."}, {"name", "Beginning of the transformer's name."}}, Gives: transformersJSON{}, Fails: missing}},
		{"GET", "/figures/road", access.ActionSeePublic, roadFigures,
			Operation{Name: "getRoadFigures", Says: "How many days it takes from an application to what it was for, the whole way and part by part, from releases alone.", Gives: roadsJSON{}}},
		{"GET", "/capacity/{id}", access.ActionSeePublic, transformer,
			Operation{Name: "getCapacity", Says: "Free power of one transformer.", Gives: transformerJSON{}, Fails: missing}},
		{"GET", "/capacity/{id}/binding", access.ActionSeePublic, binding,
			Operation{Name: "getBindingDays", Says: "The publications of one transformer that bind for an application filed now, with the source that fed it, and those that were withdrawn.", Gives: bindingJSON{}, Fails: missing}},
		{"GET", "/capacity/{id}/buses", access.ActionSeeExact, buses,
			Operation{Name: "listBuses", Says: "The buses below one transformer as of now: what is free, and what would be if the reservations not yet connected lapsed. For who sees exact figures.", Paged: true, Gives: busesJSON{}, Fails: missing}},
		{"GET", "/capacity/{id}/history", access.ActionSeePublic, capacityHistory,
			Operation{Name: "getCapacityHistory", Says: "What was published of one transformer, the newest day first, with the cause of each change.", Paged: true, Gives: historyJSON{}, Fails: missing}},
		{"GET", "/capacity/{id}/meters", access.ActionSeePublic, metersOf,
			Operation{Name: "listMeters", Says: "The meters that were registered at one transformer: what was published of it is withdrawn by readings of these alone.", Paged: true, Gives: metersOfJSON{}, Fails: missing}},
		{"GET", "/capacity/changes", access.ActionSeePublic, capacityChanges, Operation{Name: "listCapacityChanges",
			Says: "The transformers of which something has changed between two days.", Paged: true,
			Query: []Parameter{{"from", "Day of the earlier publication; without it the one before."}, {"to", "Day of the later; without it the newest."}}, Gives: changesJSON{}, Fails: missing}},
		{"GET", "/capacity/owed", access.ActionSeePublic, owed, Operation{Name: "listMeasurementsOwed",
			Says: "Readings of transformers that the utility owes because applications wait for them, and has owed, the newest first. None while anything is classified.", Paged: true, Gives: owedJSON{}}},
		{"GET", "/capacity/withdrawn", access.ActionSeePublic, withdrawn, Operation{Name: "listWithdrawals",
			Says: "What was published as free and withdrawn since by two people on the readings of two meters, the newest first. None while anything is classified.", Paged: true, Gives: withdrawnJSON{}}},
		consideredRoute, parcelRoute,
		{"GET", "/log", access.ActionSeePublic, head, Operation{Name: "getLog", Says: "The state of the log and of its witnesses.", Gives: headJSON{}}},
		{"POST", "/verify", access.ActionSeePublic, verify, Operation{Name: "verifyReceipt",
			Says: "Checks a receipt with the server's own keys. A convenience: aiqyn verify needs no server.", Takes: receiptJSON{}, Gives: verdictJSON{}, Fails: []aiqyn.ErrorKind{aiqyn.Invalid}}},
	}
}

func applicantRoutes() []Route {
	of := []aiqyn.ErrorKind{aiqyn.NotFound}
	act := []aiqyn.ErrorKind{aiqyn.NotFound, aiqyn.Conflict}
	return []Route{
		{"GET", "/cases", access.ActionViewOwnCase, mine, Operation{Name: "listCases", Says: "One's own cases, the newest first.", Paged: true, Gives: casesJSON{}}},
		{"POST", "/cases", access.ActionFileCase, carryOut[fileIn](http.StatusCreated),
			Operation{Name: "fileCase", Says: "Files an application.", Takes: fileIn{}, Status: http.StatusCreated, Gives: resultJSON{}, Files: true, Fails: act}},
		{"POST", "/cases/document", access.ActionFileCase, document[fileIn](),
			Operation{Name: "documentOfFiling", Says: "What an electronic signature under an application must be over, byte for byte.", Takes: fileIn{}, Gives: documentJSON{}, Fails: of}},
		{"GET", "/cases/{ref}", access.ActionViewOwnCase, oneCase, Operation{Name: "getCase", Says: "One's own case.", Gives: caseJSON{}, Fails: of}},
		{"POST", "/cases/{ref}/object", access.ActionObject, carryOut[objectIn](http.StatusOK),
			Operation{Name: "object", Says: "Objects to a preliminary refusal.", Takes: objectIn{}, Gives: resultJSON{}, Fails: act}},
		{"POST", "/cases/{ref}/contest", access.ActionContest, carryOut[contestIn](http.StatusOK),
			Operation{Name: "contest", Says: "Contests what an officer has recorded: another records it again.", Takes: contestIn{}, Gives: resultJSON{}, Fails: act}},
		{"POST", "/cases/{ref}/point", access.ActionChoosePoint, carryOut[pointIn](http.StatusOK),
			Operation{Name: "choosePoint", Says: "Says that the applicant wants another connection point than the best.", Takes: pointIn{}, Gives: resultJSON{}, Fails: act}},
		{"POST", "/cases/{ref}/appeal", access.ActionAppeal, carryOut[appealIn](http.StatusOK),
			Operation{Name: "appeal", Says: "Appeals against a refusal.", Takes: appealIn{}, Gives: resultJSON{}, Fails: act}},
		{"POST", "/cases/{ref}/correct", access.ActionAskCorrect, carryOut[correctIn](http.StatusOK),
			Operation{Name: "askCorrection", Says: "Points at an error in what was granted.", Takes: correctIn{}, Gives: resultJSON{}, Fails: act}},
		{"POST", "/cases/{ref}/withdraw", access.ActionWithdraw, carryOut[withdrawIn](http.StatusOK),
			Operation{Name: "withdraw", Says: "Ends one's case.", Takes: withdrawIn{}, Gives: resultJSON{}, Fails: act}},
		{"POST", "/cases/{ref}/steps/{step}/take", access.ActionTakeStep, carryOut[takeIn](http.StatusOK),
			Operation{Name: "takeStep", Says: "Takes a step that is the applicant's own.", Takes: takeIn{}, Gives: resultJSON{}, Fails: act}},
		{"POST", "/cases/{ref}/steps/{step}/take/document", access.ActionTakeStep, document[takeIn](),
			Operation{Name: "documentOfStep", Says: "What an electronic signature under the step must be over.", Takes: takeIn{}, Gives: documentJSON{}, Fails: act}},
		{"GET", "/receipts/{index}", access.ActionViewReceipt, receipt,
			Operation{Name: "getReceipt", Says: "The receipt of one entry of the log, as aiqyn verify takes it.", Gives: receiptJSON{}, Fails: of}},
	}
}

func officerRoutes() []Route {
	of := []aiqyn.ErrorKind{aiqyn.NotFound}
	act := []aiqyn.ErrorKind{aiqyn.NotFound, aiqyn.Conflict}
	return []Route{
		{"GET", "/desk", access.ActionInbox, inbox, Operation{Name: "listDesk", Says: "The cases of one's desk, the most urgent first.", Paged: true, Gives: casesJSON{}}},
		{"GET", "/desk/{ref}", access.ActionOpenSealed, oneCase, Operation{Name: "getDeskCase", Says: "A case of one's desk.", Gives: caseJSON{}, Fails: of}},
		{"POST", "/cases/{ref}/steps/{step}/perform", access.ActionPerformStep, carryOut[performIn](http.StatusOK),
			Operation{Name: "perform", Says: "Records what was done in a step.", Takes: performIn{}, Gives: resultJSON{}, Fails: act}},
		{"POST", "/cases/{ref}/steps/{step}/perform/document", access.ActionPerformStep, document[performIn](),
			Operation{Name: "documentOfWork", Says: "What an electronic signature under the work must be over.", Takes: performIn{}, Gives: documentJSON{}, Fails: act}},
		{"POST", "/cases/{ref}/steps/{step}/decide", access.ActionDecide, carryOut[decideIn](http.StatusOK),
			Operation{Name: "decide", Says: "Grants, or refuses for one listed reason that is true.", Takes: decideIn{}, Gives: resultJSON{}, Fails: act}},
		{"POST", "/cases/{ref}/steps/{step}/decide/document", access.ActionDecide, document[decideIn](),
			Operation{Name: "documentOfDecision", Says: "What an electronic signature under the decision must be over.", Takes: decideIn{}, Gives: documentJSON{}, Fails: act}},
		{"POST", "/cases/{ref}/suspend", access.ActionSuspend, carryOut[suspendIn](http.StatusOK),
			Operation{Name: "suspend", Says: "Stops the clock for a reason of the closed list.", Takes: suspendIn{}, Gives: resultJSON{}, Fails: act}},
		{"POST", "/cases/{ref}/resume", access.ActionResume, carryOut[resumeIn](http.StatusOK),
			Operation{Name: "resume", Says: "Starts it again.", Takes: resumeIn{}, Gives: resultJSON{}, Fails: act}},
	}
}

func operatorRoutes() []Route {
	return []Route{
		{"POST", "/measurements", access.ActionMeasure, takeMeasurements, Operation{Name: "takeMeasurements",
			Says: "Takes in daily peaks of transformers. Rows that cannot be are left out and told; they bear on the free power from the next publication on.", Takes: measurementsIn{}, Gives: measurementsJSON{}}},
		{"POST", "/corrections", access.ActionMeasure, takeCorrections, Operation{Name: "correctMeasurements",
			Says: "Corrects daily peaks that were sent wrongly. What could leave less power free needs meters that agree, and waits for an overseer; rows that cannot be are left out and told.", Takes: correctionsIn{}, Gives: correctionsJSON{}}},
		{"POST", "/corrections/check", access.ActionMeasure, checkCorrections, Operation{Name: "checkCorrections",
			Says: "Tells what would become of a table of corrections, and corrects nothing.", Takes: tableIn{}, Gives: correctionsJSON{}}},
		{"POST", "/corrections/{index}/sign", access.ActionReduce, carryOut[signPeaksIn](http.StatusOK),
			Operation{Name: "signCorrections", Says: "An overseer's signature under corrections that wait for it.", Takes: signPeaksIn{}, Gives: resultJSON{}, Fails: []aiqyn.ErrorKind{aiqyn.NotFound, aiqyn.Conflict}}},
		{"POST", "/corrections/{index}/decline", access.ActionReduce, carryOut[declineIn](http.StatusOK),
			Operation{Name: "declineCorrections", Says: "An overseer's no to corrections that wait for them.", Takes: declineIn{}, Gives: resultJSON{}, Fails: []aiqyn.ErrorKind{aiqyn.NotFound, aiqyn.Conflict}}},
		{"POST", "/meters", access.ActionMeasure, registerMeters, Operation{Name: "registerMeters",
			Says: "Registers which meters stand at which transformers, and from which day on. If one row cannot be, nothing of the table is registered.", Takes: metersIn{}, Gives: metersJSON{}}},
		{"POST", "/meters/check", access.ActionMeasure, checkMeters, Operation{Name: "checkMeters",
			Says: "Tells what would become of a table of meters, and registers nothing.", Takes: tableIn{}, Gives: metersJSON{}}},
		{"POST", "/measurements/check", access.ActionMeasure, checkMeasurements, Operation{Name: "checkMeasurements",
			Says: "Tells what would become of a table of daily peaks, and takes nothing in.", Takes: tableIn{}, Gives: measurementsJSON{}}},
	}
}

// send answers with JSON.
func send(v *visit.Visit, status int, body any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return v.Data(status, "application/json", append(raw, '\n'))
}

// unread says why a body could not be read.
func unread(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return aiqyn.E(aiqyn.TooLarge, "error.web-too-large", "limit", large.Limit>>20).Because(err)
	}
	return aiqyn.E(aiqyn.Invalid, "error.web-json").Because(err)
}

func paging(v *visit.Visit) (casework.Page, error) {
	p := casework.Page{After: v.Query("after")}
	if s := v.Query("limit"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > MaxPage {
			return p, aiqyn.E(aiqyn.Invalid, "error.web-limit").On("limit")
		}
		p.Limit = n
	}
	return p, nil
}

// moment is an instant as the interface writes it: RFC 3339 in UTC, left out
// where there is none.
type moment string

func rfc(t time.Time) moment {
	if t.IsZero() {
		return ""
	}
	return moment(t.UTC().Format(time.RFC3339Nano))
}
