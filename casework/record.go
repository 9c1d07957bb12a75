package casework

import (
	"container/list"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"aiqyn"
	"aiqyn/canonical"
	"aiqyn/rule"
	"aiqyn/store"
)

// record is a case in memory: its state, its key, and the columns of its row
// that never change. What is sealed in the row is the state, and is kept once. The
// sequencer owns it.
type record struct {
	state *State
	key   *caseKey
	row   store.Case
	tag   string         // of the case, in its leaves
	facts map[string]any // look-ups as rules read them; made when first needed
	dirty bool           // its row must be written with this batch
	gone  bool           // erased by this batch
}

// openRecord reads a case from its row.
func (k *keyring) openRecord(row store.Case) (*record, error) {
	if row.Status == string(StatusErased) {
		return &record{row: row, state: &State{No: row.No, Service: ""}}, nil
	}
	key, err := k.unwrap(row.Key)
	if err != nil {
		return nil, fmt.Errorf("case %d: %w", row.No, err)
	}
	plain, err := open(key.gcm, row.State, rowPlace(&row))
	if err != nil {
		return nil, fmt.Errorf("case %d: open state: %w", row.No, err)
	}
	s := new(State)
	if err := json.Unmarshal(plain, s); err != nil {
		return nil, fmt.Errorf("case %d: state: %w", row.No, err)
	}
	for _, m := range append([]map[string]any{s.Answers}, values(s.Records)...) {
		wholes(m)
	}
	row.State = nil
	return &record{row: row, state: s, key: key, tag: key.tag("case", "")}, nil
}

func values(m map[string]map[string]any) []map[string]any {
	out := make([]map[string]any, 0, len(m))
	for _, v := range m {
		out = append(out, v)
	}
	return out
}

// wholes turns the numbers of a decoded map into int64; answers and records
// hold nothing else.
func wholes(m map[string]any) {
	for k, v := range m {
		if f, ok := v.(float64); ok {
			m[k] = int64(f)
		}
	}
}

// known returns the look-ups as rules read them.
func (r *record) known() (map[string]any, error) {
	if r.facts != nil {
		return r.facts, nil
	}
	facts := make(map[string]any, len(r.state.Facts))
	for name, f := range r.state.Facts {
		v := any(map[string]any{})
		if whole, ok := canonical.Whole(f.Value); f.Found && ok {
			v = whole
		} else if document, ok := canonical.Document(f.Value); f.Found && ok {
			v = rule.Normalise(document)
		} else if f.Found {
			if err := json.Unmarshal(f.Value, &v); err != nil {
				return nil, fmt.Errorf("look-up %s: %w", name, err)
			}
			v = rule.Normalise(v)
		}
		facts[name] = v
	}
	r.facts = facts
	return facts, nil
}

// sealRow brings the row up to date with the state.
func (r *record) sealRow() error {
	s := r.state
	plain, err := canonical.Marshal(s)
	if err != nil {
		return fmt.Errorf("case %d: %w", s.No, err)
	}
	s.show(&r.row)
	r.row.State = seal(r.key.gcm, plain, rowPlace(&r.row))
	return nil
}

// show writes into the row what lists must find without opening the state.
func (s *State) show(row *store.Case) {
	row.Status, row.Outcome, row.Step = string(s.status()), string(s.Outcome), string(s.Step)
	row.Officer, row.Due, row.Closed, row.Seq = string(s.holder()), s.Due, s.Closed, s.Seq
	if s.handedUp() || (s.Appealed && s.Escalated != "") {
		row.Officer = Desk(s.Escalated, s.answering(aiqyn.BodyID(row.Body)))
	}
	if s.ErasureAsked != nil && s.ErasureAsked.Role != aiqyn.RoleCustodian && s.Step == "" {
		row.Officer = Desk(aiqyn.RoleCustodian, "")
	}
}

// rowPlace binds a sealed state to its place and to every other column of its
// row: a row that was changed from outside does not open.
func rowPlace(row *store.Case) []byte {
	b := place(row.No, 0)
	for _, text := range []string{
		row.Ref, row.Service, string(row.Applicant), string(row.Object), string(row.Filing), string(row.Key),
		row.Status, row.Outcome, row.Body, row.Step, row.Officer,
	} {
		b = append(binary.AppendUvarint(b, uint64(len(text))), text...)
	}
	for _, at := range []time.Time{row.Filed, row.Due, row.Wake, row.Closed} {
		b = binary.BigEndian.AppendUint64(b, uint64(at.UnixMicro()))
	}
	return binary.BigEndian.AppendUint64(b, uint64(row.Seq))
}

// above reports whether an actor has a role in the body that answers for the
// case: the head of another body is a stranger here.
func (r *record) above(a aiqyn.Actor, role aiqyn.Role) bool {
	return a.Role == role && a.Officer != "" && string(a.Body) == r.row.Body
}

// atDesk reports whether the open step was handed up to an actor: to their role
// in the body that answers for it now.
func (r *record) atDesk(a aiqyn.Actor) bool {
	s := r.state
	return s.Escalated != "" && a.Role == s.Escalated && a.Officer != "" && a.Body == s.answering(aiqyn.BodyID(r.row.Body))
}

// Desk is the inbox of a role of a body, for what was handed up to it.
func Desk(role aiqyn.Role, body aiqyn.BodyID) string { return "@" + string(role) + "/" + string(body) }

// cache keeps the cases that were touched last, and lets go of those that are over.
type cache struct {
	limit int
	byNo  map[int64]*list.Element
	order list.List // of *record, newest first
	over  []closing // cases that are to be let go of, in order
}

// closing is a case that was closed by a batch.
type closing struct {
	no, seq  int64
	batch    int64 // after which it is on disk as it was closed
	lastCase int64 // that there was by then
}

func newCache(limit int) *cache {
	return &cache{limit: limit, byNo: make(map[int64]*list.Element)}
}

func (c *cache) get(no int64) *record {
	e := c.byNo[no]
	if e == nil {
		return nil
	}
	c.order.MoveToFront(e)
	return e.Value.(*record)
}

func (c *cache) put(r *record) {
	if e := c.byNo[r.row.No]; e != nil {
		e.Value = r
		c.order.MoveToFront(e)
		return
	}
	c.byNo[r.row.No] = c.order.PushFront(r)
	if len(c.byNo) > c.limit {
		c.remove(c.order.Back())
	}
}

func (c *cache) remove(e *list.Element) {
	delete(c.byNo, e.Value.(*record).row.No)
	c.order.Remove(e)
}

// closed notes that a batch leaves a case closed.
func (c *cache) closed(r *record, batch, lastCase int64) {
	c.over = append(c.over, closing{r.row.No, r.state.Seq, batch, lastCase})
}

// forget lets go of cases as they were closed by batches up to one that is on disk:
// hardly any is touched again, and what is kept alive costs each collection of what is
// not. A filing may have read one before it was closed: it is prepared again unless
// recent filings reach back to then, so floor is where those begin.
func (c *cache) forget(written, floor int64) {
	n := 0
	for ; n < len(c.over) && c.over[n].batch <= written && c.over[n].lastCase < floor; n++ {
		e := c.byNo[c.over[n].no]
		if e != nil && e.Value.(*record).state.Seq == c.over[n].seq {
			c.remove(e)
		}
	}
	c.over = c.over[n:]
}
