package casework

import (
	"bytes"
	"slices"
	"strings"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/deadline"
	"aiqyn/registry"
	"aiqyn/service"
	"aiqyn/store"
)

// Import records a closed case of a former system. It draws nobody, reserves
// nothing, gives no consent and starts no clock; it cannot be appealed against
// or corrected here.
type Import struct {
	ID        aiqyn.CommandID
	Actor     aiqyn.Actor // an operator
	Service   aiqyn.ServiceID
	Applicant aiqyn.PersonID
	Answers   map[string]string // by question name, as typed; what was not asked then is left out
	Lang      aiqyn.Lang
	Filed     deadline.Date // as the former system says
	Decided   deadline.Date
	Outcome   aiqyn.Outcome
	Source    string         // names the former system
	Number    string         // the case's own number there
	Agent     aiqyn.PersonID // who applied for the applicant; may be empty
	Reason    string         // of the service's list, why it was refused; may be empty
	Node      string         // transformer that it was about, as the former system names it; may be empty
}

// importedCase is what is kept of it.
type importedCase struct {
	Agent     aiqyn.PersonID  `json:"agent,omitempty"`
	Answers   map[string]any  `json:"answers"`
	Applicant aiqyn.PersonID  `json:"applicant"`
	Calendar  string          `json:"calendar"`
	Decided   deadline.Date   `json:"decided"`
	Filed     deadline.Date   `json:"filed"`
	Lang      aiqyn.Lang      `json:"lang"`
	Node      string          `json:"node,omitempty"`
	Number    string          `json:"number"`
	Object    string          `json:"object,omitempty"`
	Outcome   aiqyn.Outcome   `json:"outcome"`
	Pack      string          `json:"pack"`
	Reason    string          `json:"reason,omitempty"`
	Ref       aiqyn.Reference `json:"ref"`
	Service   aiqyn.ServiceID `json:"service"`
	Source    string          `json:"source"`
	Trafo     *int            `json:"trafo,omitempty"` // the transformer of the network here that Node names
}

// maxNodeName is how long the name of a transformer may be, in bytes.
const maxNodeName = 100

// importChannel is how an imported case came here; no filing comes by it.
const importChannel = "import"

// importCase is the command being carried out.
type importCase struct {
	Import
	svc  *service.Service
	data importedCase
	was  int64 // number of the case that this very command has opened
	key  []byte
	asOf int64
}

func (c *importCase) id() aiqyn.CommandID { return c.ID }
func (c *importCase) about() int64        { return 0 }
func (c *importCase) by() aiqyn.Actor     { return c.Actor }

func (c *importCase) prepare(ctx ctx, e *Engine) error {
	if c.ID == "" {
		return aiqyn.E(aiqyn.Invalid, "error.command-id")
	}
	if err := access.Check(c.Actor.Role, access.ActionImport, access.None); err != nil {
		return err
	}
	pack := e.packs.current()
	svc, ok := pack.Service(c.Service)
	if !ok {
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	answers, err := e.CheckImport(svc, &c.Import)
	if err != nil {
		return err
	}
	cal, err := e.calendar(svc.Calendar)
	if err != nil {
		return err
	}
	c.svc, c.key = svc, e.keys.hash("applicant", string(c.Applicant))
	c.data = importedCase{
		Answers: answers, Applicant: c.Applicant, Calendar: cal.Version(), Decided: c.Decided, Filed: c.Filed, Lang: c.Lang,
		Number: legible(c.Number), Outcome: c.Outcome, Pack: pack.Hash(), Service: svc.ID, Source: legible(c.Source),
		Agent: c.Agent, Node: legible(c.Node), Reason: c.Reason, Trafo: e.Capacity.trafoNamed(c.Node),
	}
	c.data.Object, _ = answers[svc.Object].(string)
	c.asOf = e.newest.Load()
	return c.refer(ctx, e)
}

// refer makes the reference, so that the same command finds the case it has opened.
func (c *importCase) refer(ctx ctx, e *Engine) error {
	for attempt := 0; ; attempt++ {
		c.data.Ref = e.keys.reference(c.Applicant, c.ID, attempt)
		row, ok, err := e.Store.CaseByRef(ctx, string(c.data.Ref))
		if err != nil || !ok {
			return err
		}
		if bytes.Equal(row.Applicant, c.key) && string(row.Filing) == commandHash(c.ID) {
			c.was = row.No
			return nil
		}
	}
}

// CheckImport tells what is wrong with a case of a former system before it is
// imported, an *aiqyn.Error on its field. It returns the answers as rules read
// them.
func (e *Engine) CheckImport(svc *service.Service, c *Import) (map[string]any, error) {
	wrong := func(key, field string) error { return aiqyn.E(aiqyn.Invalid, key).On(field) }
	switch today := deadline.DateOf(e.Clock().In(e.Zone)); {
	case !e.isNumber(string(c.Applicant)):
		return nil, wrong("error.iin-wrong", "applicant")
	case c.Source == "" || c.Number == "":
		return nil, wrong("error.answer-required", "number")
	case c.Filed.IsZero() || today.Before(c.Filed):
		return nil, wrong("error.import-order", "filed")
	case c.Decided.Before(c.Filed) || today.Before(c.Decided):
		return nil, wrong("error.import-order", "decided")
	case !slices.Contains([]aiqyn.Outcome{aiqyn.Granted, aiqyn.Refused, aiqyn.Withdrawn, aiqyn.Lapsed, aiqyn.Annulled}, c.Outcome):
		return nil, wrong("error.import-outcome", "outcome")
	case c.Lang != "" && !slices.Contains(aiqyn.Langs, c.Lang):
		return nil, wrong("error.answer-choice", "lang")
	case c.Agent != "" && !e.isNumber(string(c.Agent)):
		return nil, wrong("error.iin-wrong", "agent")
	case len(c.Node) > maxNodeName:
		return nil, wrong("error.too-large", "node")
	}
	if _, listed := svc.Reason(c.Reason); c.Reason != "" && (!listed || c.Outcome != aiqyn.Refused) {
		return nil, wrong("error.import-reason", "reason")
	}
	answers := make(map[string]any, len(c.Answers))
	for name, typed := range c.Answers {
		q, ok := svc.Question(name)
		if !ok {
			return nil, aiqyn.E(aiqyn.Invalid, "error.answer-unasked").On(name)
		}
		v, err := e.value(q, strings.TrimSpace(typed))
		if err != nil {
			return nil, err
		}
		answers[name] = v
	}
	return answers, nil
}

func (c *importCase) decide(t *turn) error {
	if c.was != 0 {
		return t.repeated(c.was)
	}
	if !t.s.filings.covers(c.asOf) {
		return errStale
	}
	if r := t.s.filings.byRef[c.data.Ref]; r != nil {
		if bytes.Equal(r.row.Applicant, c.key) && string(r.row.Filing) == t.command {
			return t.repeated(r.row.No)
		}
		return errStale
	}
	key, wrapped := t.e.keys.fresh()
	no := t.s.lastCase + 1
	t.svc = c.svc
	t.rec = &record{
		state: &State{No: no}, key: key, tag: key.tag("case", ""),
		row: store.Case{
			No: no, Ref: string(c.data.Ref), Service: string(c.svc.ID), Applicant: c.key, Object: t.e.keys.hash("object", importedObject(c.svc.ID, c.data.Object)),
			Filing: []byte(t.command), Filed: t.now, Key: wrapped, Body: string(c.svc.Body),
		},
	}
	t.emit(EventImported, c.Actor, &c.data, withOutcome(aiqyn.Imported))
	if v, ok := importedVerdict(&c.data, c.svc, t.e.Zone); ok {
		if err := t.flips(v); err != nil {
			return err
		}
	}
	t.s.lastCase++
	t.s.filings.add(t.rec)
	t.undo = append(t.undo, func() { t.s.lastCase--; t.s.filings.removeLast() })
	return nil
}

// isNumber reports whether it is the number of a person or an organisation.
func (e *Engine) isNumber(number string) bool {
	_, person := registry.ParseIIN(number, e.Practice)
	_, organisation := registry.ParseBIN(number, e.Practice)
	return person == nil || organisation == nil
}

// importedObject names what an imported case was about, apart from the objects
// of cases here: it keeps no draw and counts for no cap.
func importedObject(svc aiqyn.ServiceID, object string) string {
	return "imported\x00" + string(svc) + "\x00" + object
}

func (s *State) applyImported(ev *event, d *importedCase) {
	s.No, s.Ref, s.Service, s.Pack, s.Calendar = ev.no, d.Ref, d.Service, d.Pack, d.Calendar
	s.Applicant, s.Lang, s.Channel, s.Object = d.Applicant, d.Lang, importChannel, d.Object
	s.Filed, s.FiledAt, s.Answers = ev.at, ev.index, d.Answers
	s.close(aiqyn.Imported, ev.at)
}
