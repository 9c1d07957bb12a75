package service

import (
	"testing"

	"aiqyn"
)

const (
	ownHearing  = "      hearing:\n        notice: {days: 3, calendar: working}\n        object: {days: 2, calendar: working}\n        " + someLaw + "\n"
	packHearing = "hearing:\n  text: {kk: Айтыңыз., ru: Говорите., en: Speak.}\n  notice: {days: 4, calendar: working}\n  object: {days: 3, calendar: working}\n  " + someLaw + "\nregions:\n"
	twoRefusals = "refuse:\n  - reason: no\n    when: applicant == \"\"\n    text: {kk: Жоқ., ru: Нет., en: No.}\n    fix: {kk: Иә., ru: Да., en: Yes.}\n    " + someLaw + "\nsteps:\n"
)

// TestHearingIsForFree: the pack says it once. A service that says nothing has it, by
// whomever it is decided; one that says its own, or that a law waives it, has that.
func TestHearingIsForFree(t *testing.T) {
	said := change{"pack.yaml", "regions:\n", packHearing}
	for name, tt := range map[string]struct {
		changes []change
		service aiqyn.ServiceID
		notice  int // days; 0: nobody is heard
		waived  bool
	}{
		"an officer decides":         {[]change{said, {permit, ownHearing, ""}}, "tree.permit", 4, false},
		"a rule decides":             {[]change{said, {record, "kind: fact", "kind: right"}, {record, "steps:\n", twoRefusals}}, "tree.record", 4, false},
		"its own":                    {[]change{said}, "tree.permit", 3, false},
		"its own, in another pack":   {nil, "tree.permit", 3, false},
		"waived by a law":            {[]change{said, {permit, ownHearing, "      hearing: {waived: true, " + someLaw + "}\n"}}, "tree.permit", 0, true},
		"what nobody can be refused": {[]change{said}, "tree.record", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			files := tinyPack(t)
			if len(tt.changes) > 0 {
				files, _ = changed(t, tt.changes...)
			}
			p, err := ParsePackWith(files, tinyOptions)
			if err != nil {
				t.Fatal(err)
			}
			s, _ := p.Service(tt.service)
			for _, step := range s.Steps {
				h := step.Hearing
				switch {
				case !step.Decides && (h != nil || step.Unheard != nil):
					t.Errorf("step %s does not decide and hears", step.Name)
				case !step.Decides:
				case (h != nil) != (tt.notice > 0) || h != nil && h.Notice.Days != tt.notice:
					t.Errorf("step %s hears by %+v", step.Name, h)
				case (step.Unheard != nil) != tt.waived || step.Unheard != nil && step.Unheard.Act != "A1":
					t.Errorf("step %s is waived by %+v", step.Name, step.Unheard)
				case h == p.Hearing && h != nil && h.Text.EN != "Speak.":
					t.Errorf("the pack's text is lost: %+v", h.Text)
				}
			}
		})
	}
}

// TestShorterThanThePacks: less time than the pack's takes a law.
func TestShorterThanThePacks(t *testing.T) {
	proposal := change{permit, ownHearing, "      hearing:\n        notice: {days: 3, calendar: working}\n        object: {days: 3, calendar: working}\n        law: {act: A1, from: 2020-01-01, status: proposal}\n"}
	files, text := changed(t, change{"pack.yaml", "regions:\n", packHearing}, proposal)
	expect(t, files, permit, text, "hearing:", "a proposal gives the applicant less time than the hearing of the pack")
	files, text = changed(t, change{"pack.yaml", "regions:\n", "hearing: {notice: {days: 2, calendar: working}, object: {days: 3, calendar: working}, " + someLaw + "}\nregions:\n"})
	expect(t, files, "pack.yaml", text, "hearing: {", "could still object")
}
