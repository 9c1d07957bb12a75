package web

import (
	"aiqyn"
	"aiqyn/casework"
	"aiqyn/service"
)

// asked adds the case of who owns a substation and is asked whether they agree.
func (f *fake) asked(add func(aiqyn.Reference, func(*casework.CaseView))) {
	svc, _ := f.pack.Service("energy.consent")
	add("AQ-ASKD-0001", func(c *casework.CaseView) {
		c.Service, c.Title, c.Step, c.Silence, c.Draw, c.Facts, c.Ruling = svc, svc.Title, svc.Steps[0], service.SilenceLapses, nil, nil, nil
		c.Answers = nil
		for _, q := range svc.Ask {
			c.Answers = append(c.Answers, casework.Answer{Question: q, Value: map[string]string{"substation": "99-999-999-900", "load": "60", "point": "1558"}[q.Name]})
		}
		c.Events, c.Can = c.Events[:1], []string{"take-step", "withdraw"}
	})
}
