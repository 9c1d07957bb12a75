package main

import (
	"bytes"
	"encoding/json"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/grid"
)

// saysOfSearch reports whether what is said of points without room is computed from what
// the search of the same ruling was asked and has answered.
func (was *ruledData) saysOfSearch(in []byte) bool {
	for i := range was.Computed {
		c := &was.Computed[len(was.Computed)-1-i]
		if c.With == grid.ConnectionPoints1 || c.With == grid.ConnectionPoints2 || c.With == grid.ConnectionPoints3 {
			want, err := grid.NoRoom1InputOf(c.In, c.Out)
			return err == nil && bytes.Equal(want, in)
		}
	}
	return false
}

// refusedData is the part of a refusal that its documents are made from, and their hashes.
type refusedData struct {
	Document *struct {
		Form int `json:"form"`
	} `json:"document"`
	Reason string `json:"reason"`
	Ruling int64  `json:"ruling"`
}

// documents makes those of a refusal again from its ruling.
func (r *recomputation) documents(p *paper) {
	var d refusedData
	if err := json.Unmarshal(p.private.Data, &d); err != nil {
		r.add(p.file, err.Error())
		return
	}
	if d.Document == nil {
		return
	}
	f := r.cases[p.tag]
	var by *paper
	for _, of := range f.papers {
		if of.kind == casework.EventRuled && of.index == d.Ruling {
			by = of
		}
	}
	if by == nil || f.filed == nil {
		r.note(p, "recompute.document-unread", "ruling", d.Ruling)
		return
	}
	r.Checked++
	says, err := r.refusalSays(f, by, &d)
	if err != nil {
		r.add(p.file, r.call.why(err))
		return
	}
	named := casework.DocumentsNamed(string(p.kind), p.whole)
	for _, l := range aiqyn.Langs {
		text, err := casework.RefusalDocument(d.Document.Form, l, *says)
		if err != nil {
			r.add(p.file, r.call.why(err))
			return
		}
		if hashOf(text) != named[l] {
			r.differs(p, "recompute.document-differs", "lang", string(l))
			return
		}
	}
	r.note(p, "recompute.document-same", "n", len(aiqyn.Langs))
}

// refusalSays is what the documents of a refusal say, by the receipts of its ruling and
// of the filing, and the published pack.
func (r *recomputation) refusalSays(f *caseFile, by *paper, d *refusedData) (*casework.RefusalSays, error) {
	var was ruledData
	if err := json.Unmarshal(by.private.Data, &was); err != nil {
		return nil, err
	}
	pack, err := r.data.pack(was.Pack)
	if err != nil {
		return nil, err
	}
	svc, ok := pack.Service(f.filed.Service)
	if !ok {
		return nil, aiqyn.E(aiqyn.NotFound, "error.recompute-service", "service", string(f.filed.Service))
	}
	says := &casework.RefusalSays{Ref: f.filed.Ref, Service: svc, Reason: d.Reason, Ruling: d.Ruling, Now: was.Now}
	for _, c := range was.Computed {
		if c.With == grid.NoRoom1 {
			if err := json.Unmarshal(c.Out, &says.NoRoom); err != nil {
				return nil, err
			}
		}
	}
	return says, nil
}
