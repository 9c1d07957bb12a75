package casework

import (
	"maps"
	"strings"
	"testing"
	"time"

	"aiqyn"
)

// TestMalformedApplications: whatever is typed, the answer is an error by name
// on the field at fault, or an application whose record audits clean.
func TestMalformedApplications(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	good, before := answersFor(plot, 5), r.size()
	long := strings.Repeat("9", 70<<10)
	for _, c := range []struct {
		name, field, value string
		key                string
		kind               aiqyn.ErrorKind
	}{
		{"no parcel", "parcel", "", "error.answer-required", aiqyn.Invalid},
		{"not a parcel", "parcel", "99-999-001-001; DROP TABLE cases", "error.answer-type", aiqyn.Invalid},
		{"NUL", "parcel", "99-999-001-001\x00", "error.answer-type", aiqyn.Invalid},
		{"not UTF-8", "parcel", "99-999-\xff\xfe-001", "error.answer-type", aiqyn.Invalid},
		{"not a number", "load", "five", "error.answer-type", aiqyn.Invalid},
		{"a fraction", "load", "5.5", "error.answer-type", aiqyn.Invalid},
		{"beyond 64 bits", "load", "92233720368547758080000", "error.answer-type", aiqyn.Invalid},
		{"the largest number", "load", "9223372036854775807", "error.answer-range", aiqyn.Invalid},
		{"the smallest number", "load", "-9223372036854775808", "error.answer-range", aiqyn.Invalid},
		{"other digits", "load", "٥", "error.answer-type", aiqyn.Invalid},
		{"not a choice", "category", "IV", "error.answer-choice", aiqyn.Invalid},
		{"not asked", "colour", "red", "error.answer-unasked", aiqyn.Invalid},
		{"seventy thousand digits", "load", long, "error.too-large", aiqyn.TooLarge},
		{"an enormous name", long, "1", "error.too-large", aiqyn.TooLarge},
	} {
		f := r.filing(holder, plot, 5)
		f.Answers = maps.Clone(good)
		f.Answers[c.field] = c.value
		_, err := r.Do(t.Context(), f)
		e, ok := asError(err)
		if !ok || e.Key != c.key || e.Kind != c.kind || c.kind == aiqyn.Invalid && e.Field != c.field {
			t.Errorf("%s: %v, want %s on %s", c.name, err, c.key, c.field[:min(20, len(c.field))])
		}
	}
	f := r.filing(holder, plot, 5)
	f.Lang = "xx"
	if _, err := r.Do(t.Context(), f); keyOf(err) != "error.answer-choice" {
		t.Errorf("a language nobody has: %v", err)
	}
	f.Lang, f.ID = "kk", ""
	if _, err := r.Do(t.Context(), f); keyOf(err) != "error.command-id" {
		t.Errorf("no command id: %v", err)
	}
	f.ID, f.Channel = aiqyn.CommandID(strings.Repeat("\xff\x00", 100_000)), "cen\xfftre\x00"
	if res := r.must(f); !r.must(f).Again {
		t.Errorf("a strange command id is not known again: %+v", res)
	}
	if size := r.size(); size != before+3 {
		t.Errorf("refused applications left entries: %d", size)
	}
	r.wantClean()
	r.reopen()
	r.wantClean()
}

// TestMalformedActs: what officers and applicants write is bounded and legible.
func TestMalformedActs(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	ref := r.file(holder, plot, 5)
	r.pass(10 * time.Second)
	for _, c := range []struct {
		name   string
		change func(*Perform)
		kind   aiqyn.ErrorKind
	}{
		{"no records", func(p *Perform) { p.Records = nil }, aiqyn.Invalid},
		{"a huge record", func(p *Perform) { p.Records = map[string]string{"measured-load": strings.Repeat("1", 1<<20)} }, aiqyn.TooLarge},
		{"a record that is no number", func(p *Perform) { p.Records = map[string]string{"measured-load": "NaN"} }, aiqyn.Invalid},
		{"no evidence", func(p *Perform) { p.Evidence = nil }, aiqyn.Invalid},
		{"a place nowhere", func(p *Perform) { p.Evidence[0].Lat = "NaN" }, aiqyn.Invalid},
		{"a place beyond the pole", func(p *Perform) { p.Evidence[0].Lat = "1e300" }, aiqyn.Invalid},
		{"a place elsewhere", func(p *Perform) { p.Evidence[0].Lat = "43.2" }, aiqyn.Invalid},
		{"a photo without a hash", func(p *Perform) { p.Evidence[2].Hash = "sha256:zz" }, aiqyn.Invalid},
		{"a thousand photos", func(p *Perform) {
			for range 1000 {
				p.Evidence = append(p.Evidence, p.Evidence[2])
			}
		}, aiqyn.TooLarge},
		{"an unknown step", func(p *Perform) { p.Step = "party" }, aiqyn.Conflict},
		{"an unknown case", func(p *Perform) { p.Ref = "AQ-\x00\xff" }, aiqyn.NotFound},
	} {
		p := r.surveyOf(ref)
		c.change(&p)
		if _, err := r.Do(t.Context(), p); aiqyn.KindOf(err) != c.kind {
			t.Errorf("%s: %v, want %s", c.name, err, c.kind)
		}
	}
	r.survey(ref)
	r.pass(10 * time.Second)
	d := Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Reason: "no-right", Note: strings.Repeat("x", 1<<20)}
	if _, err := r.Do(t.Context(), d); aiqyn.KindOf(err) != aiqyn.TooLarge {
		t.Errorf("a megabyte of note: %v", err)
	}
	d.Note = "not\xff true\x00\x1b[31m"
	if _, err := r.Do(t.Context(), d); keyOf(err) != "error.reason-not-true" {
		t.Errorf("a refusal whose reason is false: %v", err)
	}
	r.must(Demanded{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Certificate: "address", Body: "b\x00ank\xc3\x28", Text: "\x00"})
	r.wantClean()
	r.reopen()
	r.wantClean()
}
