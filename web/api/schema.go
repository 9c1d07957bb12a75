package api

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/ledger"
	"aiqyn/service"
)

// object is a piece of the document.
type object = map[string]any

// values lists what the types of names can be.
var values = map[reflect.Type][]string{
	reflect.TypeFor[aiqyn.Kind]():            words(aiqyn.Fact, aiqyn.Right, aiqyn.Share),
	reflect.TypeFor[aiqyn.Outcome]():         words(aiqyn.Granted, aiqyn.Refused, aiqyn.Withdrawn, aiqyn.Lapsed, aiqyn.Annulled, aiqyn.SentOn, aiqyn.Imported),
	reflect.TypeFor[aiqyn.LawStatus]():       words(aiqyn.Confirmed, aiqyn.Unconfirmed, aiqyn.Proposal),
	reflect.TypeFor[aiqyn.Role]():            words(aiqyn.Roles...),
	reflect.TypeFor[ledger.Level]():          words(ledger.Recorded, ledger.Witnessed),
	reflect.TypeFor[casework.StepState]():    words(casework.StepDrawing, casework.StepOpen, casework.StepHearing, casework.StepEscalated, casework.StepWaiting),
	reflect.TypeFor[casework.MandateSide]():  words(casework.MandateGiver, casework.MandateHolder),
	reflect.TypeFor[casework.MandateState](): words(casework.MandateStates...),
	reflect.TypeFor[casework.Status](): words(casework.StatusOpen, casework.StatusSuspended, casework.StatusHearing, casework.StatusAppeal,
		casework.StatusCorrection, casework.StatusPayment, casework.StatusQueue, casework.StatusBooked, casework.StatusClosed, casework.StatusErased),
	reflect.TypeFor[casework.QueueState](): words(casework.QueueWaiting, casework.QueueOffered, casework.QueueTaken, casework.QueueStopped, casework.QueuePlaced,
		casework.QueueLeft, casework.QueueMoved),
	reflect.TypeFor[casework.LotState]():     words(casework.LotPublished, casework.LotOpened, casework.LotSold, casework.LotContracted, casework.LotDefaulted, casework.LotAnnulled, casework.LotUnsold, casework.LotWithdrawn),
	reflect.TypeFor[casework.BidState]():     words(casework.BidEntered, casework.BidSealed, casework.BidOpened, casework.BidWon, casework.BidOwing, casework.BidContracted, casework.BidAnnulled, casework.BidLost, casework.BidGone),
	reflect.TypeFor[fhirSlotStatus]():        words(slotFree, slotBusy, slotNotNow),
	reflect.TypeFor[fhirAppointmentStatus](): words(appointmentWaitlist, appointmentPending, appointmentBooked, appointmentFulfilled, appointmentCancelled),
	reflect.TypeFor[fhirParticipation]():     words(participantNeedsAction, participantAccepted, participantDeclined),
	reflect.TypeFor[fhirIssueCode]():         words("invalid", "login", "forbidden", "not-found", "conflict", "too-long", "throttled", "transient", "exception"),
	reflect.TypeFor[service.QuestionType](): words(service.TypeText, service.TypeInteger, service.TypeKilowatt, service.TypeChoice, service.TypeYesNo,
		service.TypeDate, service.TypeCadastral, service.TypeIIN, service.TypeBIN, service.TypePhone, service.TypeInstitution),
}

func words[T ~string](list ...T) []string {
	out := make([]string, 0, len(list))
	for _, w := range list {
		out = append(out, string(w))
	}
	return out
}

// schemas makes JSON Schemas of Go types as encoding/json writes them, and keeps
// those of structs under their names.
type schemas struct{ named object }

// of is the schema of a type; of a struct a reference to it.
func (s *schemas) of(t reflect.Type) object {
	switch {
	case t == reflect.TypeFor[moment](), t == reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case t == reflect.TypeFor[json.RawMessage]():
		return object{}
	case t == reflect.TypeFor[[]byte]():
		return object{"type": "string", "contentEncoding": "base64"}
	}
	switch t.Kind() {
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return object{"type": "integer", "format": "int64"}
	case reflect.Float64:
		return object{"type": "number"}
	case reflect.String:
		if of, ok := values[t]; ok {
			return object{"type": "string", "enum": of}
		}
		return object{"type": "string"}
	case reflect.Slice:
		return object{"type": "array", "items": s.of(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Pointer:
		return nullable(s.of(t.Elem()))
	case reflect.Struct:
		return s.reference(t)
	case reflect.Interface:
		return object{}
	}
	panic("api: no schema for " + t.String())
}

// nullable lets a value be null too.
func nullable(of object) object {
	if name, plain := of["type"].(string); plain {
		of["type"] = []string{name, "null"}
		return of
	}
	return object{"anyOf": []any{of, object{"type": "null"}}}
}

// reference describes a struct once, under its name.
func (s *schemas) reference(t reflect.Type) object {
	name := schemaName(t)
	if _, done := s.named[name]; !done {
		s.named[name] = object{} // a type may hold itself
		properties, required := object{}, []string{}
		s.fields(t, properties, &required)
		slices.Sort(required)
		s.named[name] = object{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
	}
	return object{"$ref": "#/components/schemas/" + name}
}

// schemaName is the name of a type of this package without what tells it from
// the noun that it stands for.
func schemaName(t reflect.Type) string {
	name := strings.TrimSuffix(t.Name(), "JSON")
	if noun, isBody := strings.CutSuffix(name, "In"); isBody {
		name = noun + "Command"
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

// fields adds those of a struct, with those that it embeds.
func (s *schemas) fields(t reflect.Type, properties object, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous && f.Tag.Get("json") == "" {
			s.fields(f.Type, properties, required)
			continue
		}
		name, options, tagged := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "-" {
			continue
		}
		property := s.of(f.Type)
		if says := f.Tag.Get("doc"); says != "" {
			property["description"] = says
		}
		properties[name] = property
		if !tagged || !strings.HasPrefix(options, "omit") {
			*required = append(*required, name)
		}
	}
}
