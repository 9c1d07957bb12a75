package casework

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/store"
)

// MoveView is what changed the position of a case in a line, or, of a line as
// everybody reads it, who came and who went.
type MoveView struct {
	Entry    int64
	At       time.Time // of the entry
	Kind     EventKind // why
	Own      bool      // they themselves moved
	Step     int       // 1: somebody came before them, −1: somebody went from there; 0 of an own move
	From     int       // position before it, 0: they did not stand there
	Position int       // and after it
}

// PositionHistory lists, the newest first, what changed the position of a case in
// the line of a group that it waits for: who came before it and who went from there,
// and its own moves, since it came into the line first.
func (e *Engine) PositionHistory(ctx context.Context, viewer aiqyn.Actor, ref aiqyn.Reference, group string, p Page) (List[MoveView], error) {
	var out List[MoveView]
	s, err := e.inQueue(ctx, viewer, ref, seesMasked)
	if err != nil {
		return out, err
	}
	if !slices.Contains(s.Queue.Groups, group) {
		return out, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	position, before, err := e.positionAt(ctx, s, group, p)
	if err != nil {
		return out, err
	}
	h := positionHistory{Engine: e, most: p.limit() + 1, position: position, before: before}
	own, err := e.Store.QueueMovesOwn(ctx, s.No, lineOf(s.Service, group), before, 2*h.most)
	if err != nil {
		return out, err
	}
	for len(own) > 0 && len(h.list) < h.most {
		if own, err = h.back(ctx, own); err != nil {
			return out, err
		}
	}
	if len(h.list) == h.most {
		h.list = h.list[:h.most-1]
		last := h.list[len(h.list)-1]
		out.Next = strconv.FormatInt(last.Entry, 10) + "." + strconv.Itoa(last.From)
	}
	out.Items = h.list
	return out, e.dated(ctx, out.Items)
}

// positionHistory is a history told backwards: what stands in the list, and where the
// case stood before the oldest entry of it.
type positionHistory struct {
	*Engine
	list     []MoveView
	most     int
	position int
	before   int64
}

// back tells what was since the newest of the case's own moves, and that itself; it
// returns the older ones.
func (h *positionHistory) back(ctx context.Context, own []store.QueueMove) ([]store.QueueMove, error) {
	last, n := own[0], 1
	if last.Step > 0 { // since then it has stood where this move brought it
		moves, err := h.Store.QueueMovesBefore(ctx, last, last.Entry, h.before, h.most-len(h.list))
		if err != nil {
			return nil, err
		}
		for _, m := range moves {
			h.add(MoveView{Entry: m.Entry, Kind: EventKind(m.Kind), Step: int(m.Step), From: h.position - int(m.Step)})
		}
		if len(h.list) == h.most {
			return own, nil
		}
		if len(own) > 1 && own[1].Entry == last.Entry {
			n = 2 // it went from one place in the line to another
		}
	}
	v := MoveView{Entry: last.Entry, Kind: EventKind(last.Kind), Own: true}
	if went := own[n-1]; went.Step < 0 {
		stood, err := h.Store.QueueStoodBefore(ctx, went, went.Entry)
		if err != nil {
			return nil, err
		}
		v.From = stood + 1
	}
	h.add(v)
	return own[n:], nil
}

func (h *positionHistory) add(v MoveView) {
	v.Position = h.position
	h.list = append(h.list, v)
	h.position, h.before = v.From, v.Entry
}

// dated tells of each move when it was.
func (e *Engine) dated(ctx context.Context, list []MoveView) error {
	entries := make([]int64, len(list))
	for i := range list {
		entries[i] = list[i].Entry
	}
	at, err := e.Store.EntryTimes(ctx, entries)
	for i := range list {
		list[i].At = at[list[i].Entry]
	}
	return err
}

// positionAt is where a page of a history begins: the position now, or before the
// move before which the page goes on.
func (e *Engine) positionAt(ctx context.Context, s *State, group string, p Page) (position int, before int64, err error) {
	if p.After == "" {
		head, err := e.Store.Head(ctx)
		if err != nil {
			return 0, 0, err
		}
		e.queues.mu.RLock()
		defer e.queues.mu.RUnlock()
		if q, me := e.queues.of[s.Service], s.place(); q != nil && me.waiting {
			position, _ = q.position(s.Service, group, me, s.No)
		}
		return position, head.Size, nil
	}
	entry, pos, _ := strings.Cut(p.After, ".")
	if before, err = after(entry); err != nil {
		return 0, 0, err
	}
	at, err := after(pos)
	return int(at), before, err
}
