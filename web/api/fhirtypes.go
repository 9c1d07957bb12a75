package api

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
	fhirCodingJSON struct {
		System string `json:"system"`
		Code   string `json:"code"`
	}
	fhirCodeableJSON struct {
		Coding []fhirCodingJSON `json:"coding"`
		Text   string           `json:"text,omitempty"`
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
		ServiceType     []fhirCodeableJSON  `json:"serviceType"`
		Actor           []fhirReferenceJSON `json:"actor"`
		PlanningHorizon fhirPeriodJSON      `json:"planningHorizon,omitzero"`
	}
	fhirSlotJSON struct {
		ResourceType string             `json:"resourceType"`
		ID           string             `json:"id"`
		ServiceType  []fhirCodeableJSON `json:"serviceType"`
		Schedule     fhirReferenceJSON  `json:"schedule"`
		Status       fhirSlotStatus     `json:"status"`
		Start        moment             `json:"start"`
		End          moment             `json:"end"`
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
		ServiceType  []fhirCodeableJSON    `json:"serviceType"`
		Start        moment                `json:"start,omitempty"`
		End          moment                `json:"end,omitempty"`
		Slot         []fhirReferenceJSON   `json:"slot,omitempty"`
		Participant  []fhirParticipantJSON `json:"participant"`
	}
	fhirLinkJSON struct {
		Relation string `json:"relation"`
		URL      string `json:"url"`
	}
	fhirFoundJSON struct {
		Mode string `json:"mode"`
	}
	fhirScheduleEntryJSON struct {
		FullURL  string           `json:"fullUrl"`
		Resource fhirScheduleJSON `json:"resource"`
		Search   fhirFoundJSON    `json:"search"`
	}
	fhirSlotEntryJSON struct {
		FullURL  string        `json:"fullUrl"`
		Resource fhirSlotJSON  `json:"resource"`
		Search   fhirFoundJSON `json:"search"`
	}
	fhirSchedulesJSON struct {
		ResourceType string                  `json:"resourceType"`
		Type         string                  `json:"type"`
		Link         []fhirLinkJSON          `json:"link"`
		Entry        []fhirScheduleEntryJSON `json:"entry,omitempty"`
	}
	fhirAppointmentEntryJSON struct {
		FullURL  string              `json:"fullUrl"`
		Resource fhirAppointmentJSON `json:"resource"`
		Search   fhirFoundJSON       `json:"search"`
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
