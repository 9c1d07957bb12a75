package api

import (
	"encoding/json"
	"net/http"
	"slices"
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

func fhirRoutes() []Route {
	missing := []aiqyn.ErrorKind{aiqyn.NotFound}
	count := Parameter{"_count", "How many at most: what R4 calls limit."}
	service := func(says string) []Parameter {
		return []Parameter{{"service-type", "The service, such as health.specialist or " + serviceSystem + "|health.specialist" + says}, {"service", "The same."}, count}
	}
	return []Route{
		{"GET", "/fhir/Schedule", access.ActionSeePublic, fhirSchedules, Operation{Name: "searchSchedules", Says: "FHIR R4: the schedules of services whose places have a time.", Paged: true,
			Query: service("; without it all."), Gives: fhirSchedulesJSON{}, Mime: mimeFHIR}},
		{"GET", "/fhir/Schedule/{schedule}", access.ActionSeePublic, fhirSchedule,
			Operation{Name: "readSchedule", Says: "FHIR R4: one schedule.", Gives: fhirScheduleJSON{}, Mime: mimeFHIR, Fails: missing}},
		{"GET", "/fhir/Slot", access.ActionSeePublic, fhirSlots, Operation{Name: "searchSlots", Says: "FHIR R4: the slots of a schedule, the earliest first.", Paged: true,
			Query: []Parameter{{"schedule", "Id of the schedule, or Schedule/ and the id; without it nothing is searched, and the answer says so."}, {"start", "A day, or a time with eq, ge, gt, le or lt before it; may be given twice. Without a beginning from today, without an end for a month."},
				{"status", "free, busy or busy-unavailable, or several with commas."}, count}, Gives: fhirSlotsJSON{}, Mime: mimeFHIR}},
		{"GET", "/fhir/Slot/{slot}", access.ActionSeePublic, fhirSlot,
			Operation{Name: "readSlot", Says: "FHIR R4: one slot.", Gives: fhirSlotJSON{}, Mime: mimeFHIR, Fails: missing}},
		{"GET", "/fhir/metadata", access.ActionSeePublic, fhirMetadata,
			Operation{Name: "readCapability", Says: "FHIR R4: what is spoken of it here, a CapabilityStatement.", Gives: fhirCapabilityJSON{}, Mime: mimeFHIR}},
		{"GET", "/fhir/Appointment", access.ActionViewOwnCase, fhirAppointments, Operation{Name: "searchAppointments", Says: "FHIR R4: one's own cases that wait for a time, or have one, the newest first. A page may have fewer than there are to come.", Paged: true,
			Query: append(service("; without it all."), Parameter{"status", "waitlist, pending, booked, fulfilled or cancelled, or several with commas."}, Parameter{"date", "When it begins: as start of a Slot."}), Gives: fhirAppointmentsJSON{}, Mime: mimeFHIR}},
		{"GET", "/fhir/Appointment/{ref}", access.ActionViewOwnCase, fhirAppointment,
			Operation{Name: "readAppointment", Says: "FHIR R4: one's own case that waits for a time, or has one.", Gives: fhirAppointmentJSON{}, Mime: mimeFHIR, Fails: missing}},
	}
}

// Systems of codes and numbers.
const (
	serviceSystem     = "urn:aiqyn:service"
	institutionSystem = "urn:aiqyn:institution"
	caseSystem        = "urn:aiqyn:case"
)

func serviceCode(svc aiqyn.ServiceID, text string) []fhirCodeableJSON {
	return []fhirCodeableJSON{{[]fhirCodingJSON{{serviceSystem, string(svc)}}, text}}
}

// fullURL is where a resource is read.
func fullURL(v *visit.Visit, kind, id string) string {
	return v.Origin() + "/api/v1/fhir/" + kind + "/" + id
}

// matched is why an entry is in a bundle.
var matched = fhirFoundJSON{"match"}

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
		ResourceType: "Schedule", ID: scheduleID(svc, g.ID), Active: true, ServiceType: serviceCode(svc, show.GroupKind(v, g)),
		Actor: []fhirReferenceJSON{{Type: "Location", Identifier: &fhirIdentifierJSON{institutionSystem, g.Institution.ID}, Display: v.In(g.Institution.Title)}},
	}
	if days := v.Engine.DaysWithSlots(svc, g.ID, deadline.DateOf(v.Now().In(locale.Zone))); len(days) > 0 {
		s.PlanningHorizon = fhirPeriodJSON{rfc(days[0].First), rfc(days[len(days)-1].Last)}
	}
	return s
}

// fhirSchedules lists them service by service. A page begins after one of them: the
// service, a slash and the group.
func fhirSchedules(v *visit.Visit) error {
	p, err := fhirPaging(v)
	if err != nil {
		return err
	}
	out, next := fhirSchedulesJSON{ResourceType: "Bundle", Type: "searchset"}, ""
	last, group, _ := strings.Cut(p.After, "/")
	for _, svc := range timedServices(v) {
		if string(svc) < last || next != "" {
			continue
		}
		if len(out.Entry) == p.Limit {
			next = string(svc) + "/"
			continue
		}
		within := casework.Page{Limit: p.Limit - len(out.Entry)}
		if string(svc) == last {
			within.After = group
		}
		list := v.Engine.Places(svc, casework.PlaceFilter{Timed: true}, within)
		for _, g := range list.Items {
			s := scheduleOf(v, svc, g)
			out.Entry = append(out.Entry, fhirScheduleEntryJSON{fullURL(v, "Schedule", s.ID), s, matched})
		}
		if list.Next != "" {
			next = string(svc) + "/" + list.Next
		}
	}
	out.Link = links(v, next)
	return sendFHIR(v, out)
}

// timedServices are those whose places have a time, or the one that is asked for, in
// order.
func timedServices(v *visit.Visit) (list []aiqyn.ServiceID) {
	only := fhirService(v)
	for _, q := range v.Engine.Queues() {
		if q.Timed && (only == "" || q.Service == only) {
			list = append(list, q.Service)
		}
	}
	slices.Sort(list)
	return list
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

// fhirSlots lists those of one schedule.
func fhirSlots(v *visit.Visit) error {
	p, err := fhirPaging(v)
	if err != nil {
		return err
	}
	when, err := readSpan(v, "start")
	if err != nil {
		return err
	}
	from := deadline.DateOf(v.Now().In(locale.Zone))
	if !when.from.IsZero() {
		from = deadline.DateOf(when.from.In(locale.Zone))
	}
	to := from.AddDays(slotsShown)
	if !when.until.IsZero() {
		to = deadline.DateOf(when.until.In(locale.Zone))
	}
	out := fhirSlotsJSON{ResourceType: "Bundle", Type: "searchset"}
	schedule := v.Query("schedule")
	if schedule == "" { // nothing found would say that there are no slots
		return aiqyn.E(aiqyn.Invalid, "error.fhir-schedule").On("schedule")
	}
	svc, group, ok := ofSchedule(strings.TrimPrefix(schedule, "Schedule/"))
	for ok && len(out.Entry) < p.Limit {
		list, err := v.Engine.Slots(svc, group, from, to, casework.Page{After: p.After, Limit: p.Limit - len(out.Entry)})
		if err != nil && aiqyn.KindOf(err) != aiqyn.NotFound {
			return err
		}
		for _, s := range list.Items {
			if one := slotOf(v, svc, s); when.has(s.Starts) && oneOf(v, "status", string(one.Status)) {
				out.Entry = append(out.Entry, fhirSlotEntryJSON{fullURL(v, "Slot", one.ID), one, matched})
			}
		}
		p.After, ok = list.Next, list.Next != ""
	}
	next := ""
	if ok {
		next = p.After
	}
	out.Link = links(v, next)
	return sendFHIR(v, out)
}

// fhirSlot is one of them: the schedule, a dot and when it begins.
func fhirSlot(v *visit.Visit) error {
	id := v.Path("slot")
	dot := strings.LastIndexByte(id, '.')
	svc, group, ok := ofSchedule(id[:max(dot, 0)])
	if !ok {
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	began, err := time.ParseInLocation("20060102T1504", id[dot+1:], locale.Zone)
	if err != nil {
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	day := deadline.DateOf(began)
	for p := (casework.Page{Limit: MaxPage}); ; {
		list, err := v.Engine.Slots(svc, group, day, day, p)
		if err != nil {
			return err
		}
		for _, s := range list.Items {
			if scheduleID(svc, s.ID) == id {
				return sendFHIR(v, slotOf(v, svc, s))
			}
		}
		if p.After = list.Next; p.After == "" {
			return aiqyn.E(aiqyn.NotFound, "error.not-found")
		}
	}
}

func slotOf(v *visit.Visit, svc aiqyn.ServiceID, s casework.SlotView) fhirSlotJSON {
	group := s.ID[:strings.LastIndexByte(s.ID, '/')]
	out := fhirSlotJSON{
		ResourceType: "Slot", ID: scheduleID(svc, s.ID), ServiceType: serviceCode(svc, ""), Schedule: fhirReferenceJSON{Reference: "Schedule/" + scheduleID(svc, group)},
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
	p, err := fhirPaging(v)
	if err != nil {
		return err
	}
	when, err := readSpan(v, "date")
	if err != nil {
		return err
	}
	p.Service = fhirService(v)
	list, err := v.Engine.Bookings(v.Context(), v.Actor(), p)
	if err != nil {
		return err
	}
	out := fhirAppointmentsJSON{ResourceType: "Bundle", Type: "searchset", Link: links(v, list.Next)}
	for _, b := range list.Items {
		one := appointmentOf(v, b)
		if at := startOf(b); oneOf(v, "status", string(one.Status)) && (when == span{} || !at.IsZero() && when.has(at)) {
			out.Entry = append(out.Entry, fhirAppointmentEntryJSON{fullURL(v, "Appointment", one.ID), one, matched})
		}
	}
	return sendFHIR(v, out)
}

// startOf is when an appointment begins; the zero time if it has none yet.
func startOf(b casework.BookingView) time.Time {
	if b.Group == nil || b.Group.Slot == nil {
		return time.Time{}
	}
	return b.Group.Slot.Starts
}

func appointmentOf(v *visit.Visit, b casework.BookingView) fhirAppointmentJSON {
	is := fhirStates[b.State]
	out := fhirAppointmentJSON{
		ResourceType: "Appointment", ID: string(b.Ref), Identifier: []fhirIdentifierJSON{{caseSystem, string(b.Ref)}}, Status: is.status, ServiceType: serviceCode(b.Service, v.In(b.Title)),
		Participant: []fhirParticipantJSON{{fhirReferenceJSON{Type: "Patient", Display: string(b.Ref)}, is.said}},
	}
	if g := b.Group; g != nil && g.Slot != nil {
		out.Start, out.End = rfc(g.Slot.Starts), rfc(g.Slot.Ends)
		out.Slot = []fhirReferenceJSON{{Reference: "Slot/" + scheduleID(b.Service, g.Slot.ID)}}
		out.Participant = append(out.Participant, fhirParticipantJSON{
			fhirReferenceJSON{Type: "Location", Identifier: &fhirIdentifierJSON{institutionSystem, g.Institution.ID}, Display: v.In(g.Institution.Title)}, participantAccepted})
	}
	return out
}
