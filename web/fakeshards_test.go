package web

import (
	"context"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/deadline"
	"aiqyn/service"
)

var southLog = aiqyn.Text{KK: "Алматы облысының тізілімі", RU: "Журнал Алматинской области", EN: "Log of Almaty Region"}

// Unreached is a log that a pack in force names, and one that a coming one does.
func (f *fake) Unreached(context.Context, aiqyn.Actor) ([]casework.UnreachedLog, error) {
	from, err := deadline.ParseDate("2026-12-01")
	return []casework.UnreachedLog{{Origin: "south.example/log", Title: southLog}, {
		Origin: "west.example/log", Title: aiqyn.Text{KK: "Батыс Қазақстан облысының тізілімі", RU: "Журнал Западно-Казахстанской области", EN: "Log of West Kazakhstan Region"}, From: from,
	}}, err
}

// TestWhatALogCannotTell: whoever runs a log, and whoever publishes, reads of which places
// applications are not taken, since when, and what to do; nobody else does.
func TestWhatALogCannotTell(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	now, from := "are not taken: Log of Almaty Region (south.example/log)", "From 1 December 2026 applications for places of this log are not taken: Log of West Kazakhstan Region (west.example/log)"
	for _, c := range []struct {
		as, path string
		has      []string
	}{
		{"operator", "/en/operate/jobs", []string{now, from, "Add them to the file of --shards"}},
		{"operator", "/en/office", []string{now, from, "Add them to the file of --shards"}},
		{"publisher", "/en/office", []string{now, from, "Ask whoever runs this log", "Log of Almaty Region", "cannot be told of applications yet"}},
		{"publisher", "/en/office/sign?pack=6b86b273&from=2026-12-01", []string{"Log of Almaty Region", "cannot be told of applications yet"}},
	} {
		page := strings.ReplaceAll(ask(s, c.as, c.path, nil).Body.String(), "\u00a0", " ")
		for _, text := range c.has {
			if !strings.Contains(page, text) {
				t.Errorf("%s as %s does not say %q", c.path, c.as, text)
			}
		}
	}
	if page := ask(s, "overseer", "/en/office", nil).Body.String(); strings.Contains(page, "south.example/log") {
		t.Error("an overseer is told to name logs")
	}
}

// between are cases of two logs: on the way, there, declined; and one that came.
func (f *fake) between(add func(aiqyn.Reference, func(*casework.CaseView))) {
	south := southLog
	law := aiqyn.Law{Act: "K2000000350", Article: "65", Status: aiqyn.Confirmed, Title: aiqyn.Text{KK: "Әкімшілік рәсімдік-процестік кодекс", RU: "Административный процедурно-процессуальный кодекс", EN: "Administrative Procedural and Process-Related Code"}}
	sent := func(ref aiqyn.Reference, change func(*casework.SentView)) {
		add(ref, func(c *casework.CaseView) {
			c.Status, c.Outcome, c.Step, c.Officer, c.Due, c.Can, c.Draw = casework.StatusClosed, aiqyn.SentOn, nil, "", nil, nil, nil
			c.Sent = &casework.SentView{Log: south, Origin: "south.example/log", Site: "https://south.example", Entry: 102, At: now, By: now.AddDate(0, 0, 3), Law: law}
			change(c.Sent)
		})
	}
	sent("AQ-SENT-0001", func(*casework.SentView) {})
	sent("AQ-SENT-0002", func(d *casework.SentView) {
		d.Arrived, d.Heard, d.Ref, d.Proof = now, 110, "AQ-7K2M9-F3D8W", true
	})
	sent("AQ-SENT-0003", func(d *casework.SentView) { d.Arrived, d.Heard, d.Declined, d.Proof = now, 110, "open-already", true })
	add("AQ-CAME-0001", func(c *casework.CaseView) {
		c.Came = &casework.CameView{Log: south, Origin: "south.example/log", Site: "https://south.example", Ref: "AQ-7K2M9-F3D8W", Filed: now.AddDate(0, 0, -2), Arrived: now, Since: string(service.SinceArrived), Law: law}
	})
}

// TestTheOtherSide: a case of two logs says where it went or came from, and hands out
// the other's proof; an officer reads it and is given no link.
func TestTheOtherSide(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	for _, c := range []struct {
		as, path   string
		has, lacks []string
	}{
		{"applicant", "/en/cases/AQ-SENT-0001", []string{"Sent on to Log of Almaty Region", "must take it on by"}, []string{"other/file"}},
		{"applicant", "/en/cases/AQ-SENT-0001/filed", []string{"Sent on to Log of Almaty Region"}, nil},
		{"applicant", "/kk/cases/AQ-SENT-0002", []string{"AQ-7K2M9-F3D8W", "/kk/cases/AQ-SENT-0002/other/file", "https://south.example/kk/cases/AQ-7K2M9-F3D8W"}, nil},
		{"applicant", "/ru/cases/AQ-SENT-0003", []string{"не открыл дела", "уже есть заявление"}, []string{"https://south.example"}},
		{"applicant", "/en/cases/AQ-CAME-0001", []string{"sent this application on", "AQ-7K2M9-F3D8W", "The terms run from the day on which it came here"}, nil},
		{"surveyor", "/en/desk/AQ-CAME-0001", []string{"sent this application on", "AQ-7K2M9-F3D8W"}, []string{"other/file", "https://south.example"}},
	} {
		page := ask(s, c.as, c.path, nil).Body.String()
		for _, text := range c.has {
			if !strings.Contains(page, text) {
				t.Errorf("%s as %s does not say %q", c.path, c.as, text)
			}
		}
		for _, text := range c.lacks {
			if strings.Contains(page, text) {
				t.Errorf("%s as %s says %q", c.path, c.as, text)
			}
		}
	}
}
