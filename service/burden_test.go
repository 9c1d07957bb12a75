package service

import (
	"testing"

	"aiqyn"
)

func TestBurden(t *testing.T) {
	p := parsed(t, tinyPack(t))
	tests := []struct {
		service aiqyn.ServiceID
		want    BurdenCount
	}{
		// parcel and height always, wood above ten metres, dead optional; the
		// visit runs within the seven days since the filing.
		{"tree.permit", BurdenCount{QuestionsMin: 2, QuestionsMax: 4, LookUps: 1, Answers: 1, Approvals: 1, WorkingDays: 7, Pause: 3}},
		{"tree.record", BurdenCount{LookUps: 1}},
	}
	for _, tt := range tests {
		s, _ := p.Service(tt.service)
		if got := Burden(s); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.service, got, tt.want)
		}
	}
}

func TestBurdenAddsStepsOneAfterTheOther(t *testing.T) {
	files, _ := changed(t,
		change{permit, "days: 3\n          calendar: working\n          since: filed", "days: 3\n          calendar: working"},
		change{permit, "- days: 7\n          calendar: working\n          since: filed", "- days: 7\n          calendar: working"},
		change{permit, "retention: 365", "visits: 1\nretention: 365"})
	s, _ := parsed(t, files).Service("tree.permit")
	if b := Burden(s); b.WorkingDays != 9 || b.Visits != 1 {
		t.Errorf("%+v, want 2+7 working days and one visit", b)
	}
}

func TestBurdenFollowsBranchesOfChoices(t *testing.T) {
	files, _ := changed(t, change{permit, "    optional: true\n", "    when: wood == \"II\"\n"})
	s, _ := parsed(t, files).Service("tree.permit")
	if b := Burden(s); b.QuestionsMin != 2 || b.QuestionsMax != 4 {
		t.Errorf("%d to %d questions, want 2 to 4", b.QuestionsMin, b.QuestionsMax)
	}
}
