package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/casework"
	"aiqyn/deadline"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/visit"
)

// Times of queues as FHIR R4 (4.0.1) writes them: a group of an institution is a
// Schedule, its times are Slots, a case that has one is an Appointment.

// mimeFHIR is the type of FHIR in JSON.
const mimeFHIR = "application/fhir+json"

// Codes of R4 that are used here.
type (
	fhirSlotStatus        string
	fhirAppointmentStatus string
	fhirParticipation     string
)

const (
	slotFree   fhirSlotStatus = "free"
	slotBusy   fhirSlotStatus = "busy"
	slotNotNow fhirSlotStatus = "busy-unavailable" // for tickets of its own day

	appointmentWaitlist  fhirAppointmentStatus = "waitlist"
	appointmentPending   fhirAppointmentStatus = "pending"
	appointmentBooked    fhirAppointmentStatus = "booked"
	appointmentFulfilled fhirAppointmentStatus = "fulfilled"
	appointmentCancelled fhirAppointmentStatus = "cancelled"

	participantNeedsAction fhirParticipation = "needs-action"
	participantAccepted    fhirParticipation = "accepted"
	participantDeclined    fhirParticipation = "declined"
)

type (
	fhirTextJSON struct {
		Text string `json:"text"`
	}
	fhirIdentifierJSON struct {
		System string `json:"system"`
		Value  string `json:"value"`
	}
	fhirReferenceJSON struct {
		Reference  string              `json:"reference,omitempty"`
		Type       string              `json:"type,omitempty"`
		Identifier *fhirIdentifierJSON `json:"identifier,omitempty"`
		Display    string              `json:"display,omitempty"`
	}
	fhirPeriodJSON struct {
		Start moment `json:"start"`
		End   moment `json:"end"`
	}
	fhirScheduleJSON struct {
		ResourceType    string              `json:"resourceType"`
		ID              string              `json:"id"`
		Active          bool                `json:"active"`
		ServiceType     []fhirTextJSON      `json:"serviceType"`
		Actor           []fhirReferenceJSON `json:"actor"`
		PlanningHorizon fhirPeriodJSON      `json:"planningHorizon,omitzero"`
	}
	fhirSlotJSON struct {
		ResourceType string            `json:"resourceType"`
		ID           string            `json:"id"`
		Schedule     fhirReferenceJSON `json:"schedule"`
		Status       fhirSlotStatus    `json:"status"`
		Start        moment            `json:"start"`
		End          moment            `json:"end"`
	}
	fhirParticipantJSON struct {
		Actor  fhirReferenceJSON `json:"actor"`
		Status fhirParticipation `json:"status"`
	}
	fhirAppointmentJSON struct {
		ResourceType string                `json:"resourceType"`
		ID           string                `json:"id"`
		Identifier   []fhirIdentifierJSON  `json:"identifier"`
		Status       fhirAppointmentStatus `json:"status"`
		ServiceType  []fhirTextJSON        `json:"serviceType"`
		Start        moment                `json:"start,omitempty"`
		End          moment                `json:"end,omitempty"`
		Slot         []fhirReferenceJSON   `json:"slot,omitempty"`
		Participant  []fhirParticipantJSON `json:"participant"`
	}
	fhirLinkJSON struct {
		Relation string `json:"relation"`
		URL      string `json:"url"`
	}
	fhirScheduleEntryJSON struct {
		Resource fhirScheduleJSON `json:"resource"`
	}
	fhirSlotEntryJSON struct {
		Resource fhirSlotJSON `json:"resource"`
	}
	fhirSchedulesJSON struct {
		ResourceType string                  `json:"resourceType"`
		Type         string                  `json:"type"`
		Link         []fhirLinkJSON          `json:"link"`
		Entry        []fhirScheduleEntryJSON `json:"entry,omitempty"`
	}
	fhirAppointmentEntryJSON struct {
		Resource fhirAppointmentJSON `json:"resource"`
	}
	fhirAppointmentsJSON struct {
		ResourceType string                     `json:"resourceType"`
		Type         string                     `json:"type"`
		Link         []fhirLinkJSON             `json:"link"`
		Entry        []fhirAppointmentEntryJSON `json:"entry,omitempty"`
	}
	fhirSlotsJSON struct {
		ResourceType string              `json:"resourceType"`
		Type         string              `json:"type"`
		Link         []fhirLinkJSON      `json:"link"`
		Entry        []fhirSlotEntryJSON `json:"entry,omitempty"`
	}
)

func fhirRoutes() []Route {
	missing := []aiqyn.ErrorKind{aiqyn.NotFound}
	return []Route{
		{"GET", "/fhir/Schedule", access.ActionSeePublic, fhirSchedules, Operation{Name: "searchSchedules", Says: "FHIR R4: the schedules of a service whose places have a time.", Paged: true,
			Query: []Parameter{{"service", "The service, such as health.specialist."}}, Gives: fhirSchedulesJSON{}, Mime: mimeFHIR}},
		{"GET", "/fhir/Schedule/{schedule}", access.ActionSeePublic, fhirSchedule,
			Operation{Name: "readSchedule", Says: "FHIR R4: one schedule.", Gives: fhirScheduleJSON{}, Mime: mimeFHIR, Fails: missing}},
		{"GET", "/fhir/Slot", access.ActionSeePublic, fhirSlots, Operation{Name: "searchSlots", Says: "FHIR R4: the slots of a schedule, the earliest first.", Paged: true,
			Query: []Parameter{{"schedule", "Id of the schedule, or Schedule/ and the id."}, {"start", "A day: the slots of it. Without it those of a month from today."}}, Gives: fhirSlotsJSON{}, Mime: mimeFHIR}},
		{"GET", "/fhir/metadata", access.ActionSeePublic, fhirMetadata,
			Operation{Name: "readCapability", Says: "FHIR R4: what is spoken of it here, a CapabilityStatement.", Gives: fhirCapabilityJSON{}, Mime: mimeFHIR}},
		{"GET", "/fhir/Appointment", access.ActionViewOwnCase, fhirAppointments, Operation{Name: "searchAppointments", Says: "FHIR R4: one's own cases that wait for a time, or have one, the newest first. A page may have fewer than there are to come.", Paged: true,
			Query: []Parameter{{"service", "The service, such as health.specialist; without it all."}}, Gives: fhirAppointmentsJSON{}, Mime: mimeFHIR}},
		{"GET", "/fhir/Appointment/{ref}", access.ActionViewOwnCase, fhirAppointment,
			Operation{Name: "readAppointment", Says: "FHIR R4: one's own case that waits for a time, or has one.", Gives: fhirAppointmentJSON{}, Mime: mimeFHIR, Fails: missing}},
	}
}

// scheduleID is what FHIR calls a group: dots for what it takes no slash for.
func scheduleID(svc aiqyn.ServiceID, group string) string {
	return string(svc) + "." + strings.ReplaceAll(group, "/", ".")
}

// ofSchedule is the service and the group of a schedule's id.
func ofSchedule(id string) (svc aiqyn.ServiceID, group string, ok bool) {
	parts := strings.Split(id, ".")
	n := len(parts)
	if n < 3 {
		return "", "", false
	}
	return aiqyn.ServiceID(strings.Join(parts[:n-2], ".")), parts[n-2] + "/" + parts[n-1], true
}

func sendFHIR(v *visit.Visit, body any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return v.Data(http.StatusOK, mimeFHIR, append(raw, '\n'))
}

// links are that of a page, and of the next one if there is one.
func links(v *visit.Visit, next string) []fhirLinkJSON {
	list := []fhirLinkJSON{{"self", v.Origin() + v.R.URL.RequestURI()}}
	if next != "" {
		q := v.R.URL.Query()
		q.Set("after", next)
		list = append(list, fhirLinkJSON{"next", v.Origin() + v.R.URL.Path + "?" + q.Encode()})
	}
	return list
}

func scheduleOf(v *visit.Visit, svc aiqyn.ServiceID, g casework.GroupView) fhirScheduleJSON {
	s := fhirScheduleJSON{
		ResourceType: "Schedule", ID: scheduleID(svc, g.ID), Active: true, ServiceType: []fhirTextJSON{{show.GroupKind(v, g)}},
		Actor: []fhirReferenceJSON{{Type: "Location", Identifier: &fhirIdentifierJSON{"urn:aiqyn:institution", g.Institution.ID}, Display: v.In(g.Institution.Title)}},
	}
	if days := v.Engine.DaysWithSlots(svc, g.ID, deadline.DateOf(v.Now().In(locale.Zone))); len(days) > 0 {
		s.PlanningHorizon = fhirPeriodJSON{rfc(days[0].First), rfc(days[len(days)-1].Last)}
	}
	return s
}

func fhirSchedules(v *visit.Visit) error {
	p, err := paging(v)
	if err != nil {
		return err
	}
	svc := aiqyn.ServiceID(v.Query("service"))
	out := fhirSchedulesJSON{ResourceType: "Bundle", Type: "searchset"}
	list := v.Engine.Places(svc, casework.PlaceFilter{Timed: true}, p)
	for _, g := range list.Items {
		out.Entry = append(out.Entry, fhirScheduleEntryJSON{scheduleOf(v, svc, g)})
	}
	out.Link = links(v, list.Next)
	return sendFHIR(v, out)
}

func fhirSchedule(v *visit.Visit) error {
	svc, group, ok := ofSchedule(v.Path("schedule"))
	if !ok {
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	today := deadline.DateOf(v.Now().In(locale.Zone))
	if _, err := v.Engine.Slots(svc, group, today, today, casework.Page{Limit: 1}); err != nil {
		return err
	}
	g, err := v.Engine.Place(svc, group)
	if err != nil || !g.Timed {
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return sendFHIR(v, scheduleOf(v, svc, g))
}

// slotsShown is for how many days from today slots are listed without a day.
const slotsShown = 31

func fhirSlots(v *visit.Visit) error {
	p, err := paging(v)
	if err != nil {
		return err
	}
	out := fhirSlotsJSON{ResourceType: "Bundle", Type: "searchset"}
	id := strings.TrimPrefix(v.Query("schedule"), "Schedule/")
	from := deadline.DateOf(v.Now().In(locale.Zone))
	to := from.AddDays(slotsShown)
	if day := v.Query("start"); day != "" {
		if from, err = deadline.ParseDate(day); err != nil {
			return aiqyn.E(aiqyn.Invalid, "error.answer-type").On("start")
		}
		to = from
	}
	next := ""
	if svc, group, ok := ofSchedule(id); ok {
		list, err := v.Engine.Slots(svc, group, from, to, p)
		if err != nil && aiqyn.KindOf(err) != aiqyn.NotFound {
			return err
		}
		for _, s := range list.Items {
			out.Entry = append(out.Entry, fhirSlotEntryJSON{slotOf(v, svc, s)})
		}
		next = list.Next
	}
	out.Link = links(v, next)
	return sendFHIR(v, out)
}

func slotOf(v *visit.Visit, svc aiqyn.ServiceID, s casework.SlotView) fhirSlotJSON {
	group := s.ID[:strings.LastIndexByte(s.ID, '/')]
	out := fhirSlotJSON{
		ResourceType: "Slot", ID: scheduleID(svc, s.ID), Schedule: fhirReferenceJSON{Reference: "Schedule/" + scheduleID(svc, group)},
		Status: slotBusy, Start: rfc(s.Starts), End: rfc(s.Ends),
	}
	switch day := func(t time.Time) string { return t.In(locale.Zone).Format(time.DateOnly) }; {
	case s.Free() == 0:
	case s.SameDay && day(s.Starts) != day(v.Now()):
		out.Status = slotNotNow
	default:
		out.Status = slotFree
	}
	return out
}

// fhirStates are the states of a queue as R4 calls them, and what the applicant has said.
var fhirStates = map[casework.QueueState]struct {
	status fhirAppointmentStatus
	said   fhirParticipation
}{
	casework.QueueWaiting: {appointmentWaitlist, participantAccepted}, casework.QueueStopped: {appointmentWaitlist, participantDeclined},
	casework.QueueOffered: {appointmentPending, participantNeedsAction}, casework.QueueTaken: {appointmentBooked, participantAccepted},
	casework.QueuePlaced: {appointmentFulfilled, participantAccepted}, casework.QueueLeft: {appointmentCancelled, participantDeclined},
	casework.QueueMoved: {appointmentCancelled, participantDeclined},
}

func fhirAppointment(v *visit.Visit) error {
	c, err := v.Engine.Case(v.Context(), v.Actor(), aiqyn.Reference(v.Path("ref")))
	if err != nil {
		return err
	}
	if c.Queue == nil || c.Queue.Slots == nil {
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return sendFHIR(v, appointmentOf(v, casework.BookingView{Ref: c.Ref, Service: c.Service.ID, Title: c.Title, State: c.Queue.State, Group: c.Queue.Group}))
}

// fhirAppointments lists one's own.
func fhirAppointments(v *visit.Visit) error {
	p, err := paging(v)
	if err != nil {
		return err
	}
	p.Service = aiqyn.ServiceID(v.Query("service"))
	list, err := v.Engine.Bookings(v.Context(), v.Actor(), p)
	if err != nil {
		return err
	}
	out := fhirAppointmentsJSON{ResourceType: "Bundle", Type: "searchset", Link: links(v, list.Next)}
	for _, b := range list.Items {
		out.Entry = append(out.Entry, fhirAppointmentEntryJSON{appointmentOf(v, b)})
	}
	return sendFHIR(v, out)
}

func appointmentOf(v *visit.Visit, b casework.BookingView) fhirAppointmentJSON {
	is := fhirStates[b.State]
	out := fhirAppointmentJSON{
		ResourceType: "Appointment", ID: string(b.Ref), Identifier: []fhirIdentifierJSON{{"urn:aiqyn:case", string(b.Ref)}}, Status: is.status, ServiceType: []fhirTextJSON{{v.In(b.Title)}},
		Participant: []fhirParticipantJSON{{fhirReferenceJSON{Type: "Patient", Display: string(b.Ref)}, is.said}},
	}
	if g := b.Group; g != nil && g.Slot != nil {
		out.Start, out.End = rfc(g.Slot.Starts), rfc(g.Slot.Ends)
		out.Slot = []fhirReferenceJSON{{Reference: "Slot/" + scheduleID(b.Service, g.Slot.ID)}}
		out.Participant = append(out.Participant, fhirParticipantJSON{
			fhirReferenceJSON{Type: "Location", Identifier: &fhirIdentifierJSON{"urn:aiqyn:institution", g.Institution.ID}, Display: v.In(g.Institution.Title)}, participantAccepted})
	}
	return out
}
