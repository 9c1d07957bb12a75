package casework

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"aiqyn"
	"aiqyn/canonical"
	"aiqyn/ledger"
	"aiqyn/registry"
	"aiqyn/service"
)

// everyKind lists the kinds of event by asking for their payloads.
var everyKind = []EventKind{
	EventFiled, EventLookedUp, EventOpened, EventDrawn, EventPerformed, EventRuled, EventGranted, EventNotified, EventObjected, EventRefused,
	EventRefusalRejected, EventEscalated, EventSuspended, EventResumed, EventRescheduled, EventCorrected, EventAnnulled, EventHeld, EventUnheld,
	EventRebased, EventLapsed, EventWithdrawn, EventAppealed, EventRead, EventReadRefused, EventConsentedInPerson, EventErasureAsked, EventSigned, EventErased, EventDemanded,
	EventReportAsked, EventReportErased, EventRostered, EventPackSigned, EventPublished, EventCapacity, EventMeasured, EventPeaksAsked, EventPeaksDeclined, EventPeaksCorrected, EventFlip, EventReductionAsked, EventMarginReduced, EventReleased, EventIndexed, EventVerifier, EventBeacon,
	EventRestored, EventClassAsked, EventClassified, EventClassWarned, EventDeclassified, EventResent, EventTold, EventHeard,
	EventCharged, EventOrdered, EventPaid, EventDeclined, EventRefundDue, EventRefunded, EventUnpaid, EventLooked,
}

// FuzzPrivate: whatever bytes a private part holds, reading it ends in an
// event or an error, and an event that was read is written back the same way
// each time, in canonical form.
func FuzzPrivate(f *testing.F) {
	r := fewCases(f)
	for _, ev := range r.entries() {
		plain, err := encodePrivate(ev)
		if err != nil {
			f.Fatal(err)
		}
		if err := ledger.CheckCanonical(plain); err != nil {
			f.Errorf("%s is not canonical: %v\n%s", ev.kind, err, plain)
		}
		f.Add(string(ev.kind), plain)
	}
	for _, kind := range everyKind {
		f.Add(string(kind), []byte(`{"actor":{"role":"system"},"data":{}}`))
		f.Add(string(kind), []byte(`{"actor":{"role":"system"},"data":null}`))
	}
	f.Add(string(EventRuled), []byte(`{"actor":{"role":"system"},"data":{"calendar":"","computed":null,"facts":"","grant":true,"now":"","pack":"","reasons":null,"step":""}}`))
	for _, text := range []string{`"\u00e9\n"`, `"x", "text": ""`, `1`, `"x"}} `, `"\ud800"`, "\"\xff\"", `null`, `["x"]`} {
		f.Add(string(EventObjected), []byte(`{"actor":{"role":"system"},"data":{"text":`+text+`}}`))
	}
	for _, value := range []string{`-0`, `1.50`, `01`, `01.5`, `1e3`, `-`, `1.`, `{"a":[true,false,null,{"b":"\""}],"a":1}`, `[1,]`, `9223372036854775808`, strings.Repeat("[", 50) + strings.Repeat("]", 50)} {
		f.Add(string(EventCorrected), []byte(`{"actor":{"role":"system"},"data":{"affected":[1],"entry":`+value+`,"value":`+value+`}}`))
		f.Add(string(EventFiled), []byte(`{"actor":{"role":"system"},"data":{"answers":{"a":`+value+`},"rosters":{"s":{"entry":1,"loads":[]}}}}`))
	}
	f.Fuzz(func(t *testing.T, kind string, b []byte) {
		holdDecodersTogether(t, EventKind(kind), b)
		ev := &event{kind: EventKind(kind)}
		if decodePrivate(b, ev) != nil {
			return
		}
		once, err := encodePrivate(ev)
		if err != nil {
			return // e.g. a year that JSON cannot write
		}
		back := &event{kind: ev.kind}
		if err := decodePrivate(once, back); err != nil {
			t.Fatalf("cannot read back %s: %v", once, err)
		}
		twice, err := encodePrivate(back)
		if err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("written as\n%s\nthen as\n%s\n%v", once, twice, err)
		}
	})
}

// holdDecodersTogether holds what reading the canonical form gives against what
// encoding/json gives: it may be unsure, and is never wrong.
func holdDecodersTogether(t *testing.T, kind EventKind, b []byte) {
	t.Helper()
	data, err := newPayload(kind)
	if err != nil {
		return
	}
	fast := private{Data: data}
	if !canonical.Read(b, &fast) {
		return
	}
	data, _ = newPayload(kind)
	slow := private{Data: data}
	if err := canonical.Decode(b, &slow); err != nil || !reflect.DeepEqual(fast, slow) {
		t.Fatalf("%s %s is read as\n%+v\nby encoding/json as\n%+v, %v", kind, b, fast.Data, slow.Data, err)
	}
}

// TestOurOwnFormIsReadAtOnce: what the engine writes never takes the long way.
func TestOurOwnFormIsReadAtOnce(t *testing.T) {
	list := fewCases(t).entries()
	if len(list) < 20 {
		t.Fatalf("only %d entries", len(list))
	}
	for _, ev := range list {
		plain, err := encodePrivate(ev)
		if err != nil {
			t.Fatal(err)
		}
		data, err := newPayload(ev.kind)
		if err != nil || !canonical.Read(plain, &private{Data: data}) {
			t.Errorf("%s takes the long way: %s, %v", ev.kind, plain, err)
		}
		holdDecodersTogether(t, ev.kind, plain)
	}
}

// FuzzFold: no sequence of events that can be read makes the fold panic.
func FuzzFold(f *testing.F) {
	r := fewCases(f)
	for no := int64(1); no <= 3; no++ {
		var script []string
		for _, ev := range r.entries() {
			if ev.no == no {
				plain, err := encodePrivate(ev)
				if err != nil {
					f.Fatal(err)
				}
				script = append(script, string(ev.kind)+" "+string(plain))
			}
		}
		f.Add(strings.Join(script, "\n"))
	}
	f.Add(`resumed {"actor":{"role":"system"},"data":{}}`)
	f.Fuzz(func(t *testing.T, script string) {
		s := new(State)
		for i, line := range strings.Split(script, "\n") {
			kind, data, _ := strings.Cut(line, " ")
			ev := &event{kind: EventKind(kind), index: int64(i), no: 1, seq: int64(i + 1), at: start}
			if decodePrivate([]byte(data), ev) != nil {
				return
			}
			s.apply(ev)
		}
		s.status()
		s.holder()
		s.pauses()
	})
}

// FuzzAnswers: whatever is typed, an answer is a value of its question's type
// within its bounds, or an error on that question.
func FuzzAnswers(f *testing.F) {
	pack := bareRig(f, start)
	svc, _ := pack.Pack().Service("energy.connection")
	for _, text := range []string{"", " 150 ", "1 500", "10001", "-1", "9223372036854775808", "99-999-001-001", "III", "yes", "2026-02-30", "\xff", "٣", "１５０", "A\u0301"} {
		for _, q := range svc.Ask {
			f.Add(q.Name, text)
		}
		f.Add("notes", text)
	}
	e := pack.Engine
	f.Fuzz(func(t *testing.T, name, text string) {
		q, ok := svc.Question(name)
		if !ok {
			q = service.Question{Name: name, Type: service.TypeText, Max: 500}
		}
		err := e.CheckAnswer(svc, name, text, nil)
		if ok {
			if err != nil && (aiqyn.KindOf(err) != aiqyn.Invalid || fieldOf(err) != name) {
				t.Fatalf("%q to %s: %v", text, name, err)
			}
		} else if keyOf(err) != "error.answer-unasked" {
			t.Fatalf("an answer to no question: %v", err)
		}
		v, err := e.value(q, strings.TrimSpace(text))
		if err != nil {
			return
		}
		switch v := v.(type) {
		case int64:
			if v < q.Min || q.Max != 0 && v > q.Max {
				t.Fatalf("%s: %d is out of bounds", name, v)
			}
		case string:
			if !utf8.ValidString(v) {
				t.Fatalf("%s: %q is not UTF-8", name, v)
			}
			if _, err := registry.ParseCadastral(v, true); q.Type == service.TypeCadastral && err != nil {
				t.Fatalf("%s: %q is not in its own form: %v", name, v, err)
			}
		case bool:
		default:
			t.Fatalf("%s: %T", name, v)
		}
		if b, err := json.Marshal(v); err != nil || len(b) == 0 {
			t.Fatalf("%s: %v", name, err)
		}
	})
}

func fieldOf(err error) string {
	e, _ := asError(err)
	if e == nil {
		return ""
	}
	return e.Field
}

// fewCases is a small world with cases that ended in several ways.
func fewCases(t testing.TB) *rig {
	t.Helper()
	r := newRig(t)
	r.granted(holder, plot, 100)
	ref := r.toConditions(stranger, "99-999-002-001", 5)
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Reason: "no-right"})
	r.must(Object{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: stranger}, Ref: ref, Text: "<b>\u2028 \\u2028 & 🙂</b>"})
	stopped := r.toConditions(holder, "99-999-002-002", 20)
	r.must(Suspend{ID: r.id(), Actor: r.officer(stopped), Ref: stopped, Reason: "register-down"})
	r.pass(time.Hour)
	r.must(Resume{ID: r.id(), Actor: r.officer(stopped), Ref: stopped})
	r.must(Demanded{ID: r.id(), Actor: aiqyn.System, Certificate: "address", Body: "bank"})
	r.at(r.clock().AddDate(0, 0, 20))
	return r
}

// FuzzStateAt: whatever files somebody publishes as differences and publications, the
// state at a position is made from them or an error is told.
func FuzzStateAt(f *testing.F) {
	publication := []byte(`{"base":"b","day":"2026-06-01","network":"n","position":3,"reserved":[{"trafo":1,"w":5000}],"trafos":[{"id":1,"name":"1","free_w":9000}]}`)
	hash := hexSum(publication)
	f.Add(int64(5), []byte(`{"day":"2026-06-02","from":{"day":"2026-06-01","entry":3,"hash":"`+hash+`","position":3},"moves":[{"cause":"granted","entry":4,"trafo":1,"w":7000}],"position":6,"to":"x","trafos":[]}`), publication)
	f.Add(int64(9), []byte(`{"from":{"entry":3,"hash":"`+hash+`","position":3},"moves":[],"position":6,"to":"`+hash+`","trafos":[]}`), publication) // it follows itself
	f.Add(int64(-1), []byte(`null`), []byte(`{}`))
	f.Fuzz(func(t *testing.T, position int64, difference, publication []byte) {
		state, err := StateAt(position, [][]byte{difference, difference}, func(string) ([]byte, error) { return publication, nil })
		if err == nil && state.Position != position {
			t.Errorf("of %d instead of %d", state.Position, position)
		}
	})
}
