package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"time"

	"aiqyn"
	"aiqyn/archive"
	"aiqyn/casework"
)

// waiter is a row of a former queue, before it is known what becomes of it.
type waiter struct {
	casework.QueueRow
	number int64 // 0: it is not one that can be ordered
}

// queue imports a former queue: it is read once to find what is inconsistent in it as
// a whole and to commit to it, and once more to give everybody their place, or, while it
// waits for its second person, to tell what would stand against that.
func (i *importing) queue(data []byte) error {
	if _, err := i.service(); err != nil {
		return err
	}
	people, err := i.people(data)
	if err != nil {
		return err
	}
	leaves, former := i.former(data, people)
	actor := aiqyn.Actor{Role: aiqyn.RoleOperator, Officer: i.operator}
	commit := i.engine.Commitment(former)
	commit.Actor = actor
	var table casework.BroughtView
	if !i.dry && len(former.Rows) > 0 {
		if table, err = i.commits(former, commit); err != nil {
			return err
		}
		if table.State == casework.TableDeclined {
			i.say("command.import-queue-declined", "entry", strconv.FormatInt(table.Answer, 10), "ground", table.Ground)
			return errNotHeld
		}
		i.dry = table.State == casework.TableWaits
	}
	i.reader, i.send = nil, func(r *archive.Record) (casework.Result, error) {
		leaf, ok := leaves[r.Row]
		if !ok {
			return casework.Result{}, errLeftOut
		}
		id := "queue-place/" + i.mapping.Source + "/" + r.Number + "/" + r.Since + r.Time
		c := former.Place(leaf)
		c.ID, c.Actor, c.Answers, c.Lang = aiqyn.CommandID(id), actor, r.Answers, r.Lang
		if i.dry {
			return casework.Result{}, i.engine.CheckPlace(i.ctx, c)
		}
		return i.engine.Do(i.ctx, c)
	}
	if err := errors.Join(i.rows(data), i.failed); err != nil {
		return err
	}
	key := "command.import-queue-done"
	switch {
	case table.State == casework.TableWaits:
		key = "command.import-queue-waits"
	case i.dry:
		key = "command.import-queue-dry"
	}
	i.say(key, "done", strconv.Itoa(i.done), "again", strconv.Itoa(i.again), "wrong", strconv.Itoa(i.wrong), "remarks", strconv.Itoa(i.remarks),
		"entry", strconv.FormatInt(table.Entry, 10), "file", former.Hash)
	if i.wrong > 0 || table.State == casework.TableWaits {
		return errNotHeld
	}
	return nil
}

// commits commits to a table, and tells how far it is. One that was declined is brought
// once more only if that is asked for.
func (i *importing) commits(former *casework.FormerQueue, commit casework.ImportQueue) (casework.BroughtView, error) {
	before, err := i.engine.Brought(i.ctx, former.Service)
	if err != nil {
		return casework.BroughtView{}, err
	}
	declined := 0
	for _, b := range before {
		switch {
		case b.File != former.Hash || b.Source != former.Source:
		case b.State != casework.TableDeclined: // the newest of this file
			former.Entry = b.Entry
			return b, nil
		case !i.more:
			return b, nil
		default:
			declined++
		}
	}
	commit.ID = aiqyn.CommandID("queue-table/" + i.mapping.Source + "/" + string(i.mapping.Service) + "/" + former.Hash)
	if declined > 0 {
		commit.ID += aiqyn.CommandID("/" + strconv.Itoa(declined))
	}
	res, err := i.engine.Do(i.ctx, commit)
	former.Entry = res.First
	return casework.BroughtView{State: casework.TableWaits, Entry: res.First}, err
}

// errLeftOut says that a row was told of already and is not needed.
var errLeftOut = errors.New("told of already")

// remark lists what is to be known about a row that is no error.
func (i *importing) remark(row int, column *archive.Column, err *aiqyn.Error) error {
	i.remarks++
	name := ""
	if column != nil {
		name = column.Column
	}
	return i.report.add(row, name, i.why(err))
}

// people reads who waits. Of somebody who is there twice the earlier date counts,
// wherever it stands.
func (i *importing) people(table []byte) ([]waiter, error) {
	var list []waiter
	at := make(map[aiqyn.PersonID]int)
	var reader *archive.Reader
	for line, err := range i.mapping.Lines(table) {
		if err != nil {
			return nil, err
		}
		if reader == nil {
			if reader, err = archive.NewReader(i.mapping, line); err != nil {
				return nil, err
			}
			continue
		}
		r, _ := reader.Read(line) // what is wrong with it is told when it is imported
		if r == nil {
			continue
		}
		if r.Placed {
			if err := i.remark(r.Row, i.mapping.State, aiqyn.E(aiqyn.Invalid, "error.import-has-place")); err != nil {
				return nil, err
			}
			continue
		}
		w, err := i.waiter(r)
		if err != nil {
			return nil, err
		}
		k, twice := at[w.Applicant]
		if !twice {
			at[w.Applicant], list = len(list), append(list, w)
			continue
		}
		counts := list[k]
		if w.First.Before(counts.First) {
			list[k], counts, w = w, w, counts
		}
		if err := i.remark(w.Row, i.mapping.Applicant, aiqyn.E(aiqyn.Invalid, "error.import-twice", "row", counts.Row)); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// waiter is a row with its date as an instant.
func (i *importing) waiter(r *archive.Record) (w waiter, err error) {
	w.QueueRow = casework.QueueRow{Row: r.Row, Number: r.Number, Applicant: r.Applicant}
	w.First, err = time.ParseInLocation(time.DateTime, r.Since+" "+cmp.Or(r.Time, "00:00:00"), i.engine.Zone)
	w.number, _ = strconv.ParseInt(r.Number, 10, 64)
	return w, err
}

// former makes the table that is committed to. Who came at one instant is kept apart
// by the numbers of the former queue: a millionth of a second each, so that no lottery
// comes between them.
func (i *importing) former(table []byte, people []waiter) (leaves map[int]int, t *casework.FormerQueue) {
	sum := sha256.Sum256(table)
	t = &casework.FormerQueue{Service: i.mapping.Service, Source: i.mapping.Source, Hash: hex.EncodeToString(sum[:])}
	slices.SortFunc(people, func(a, b waiter) int {
		return cmp.Or(a.First.Compare(b.First), cmp.Compare(a.number, b.number), cmp.Compare(a.Row, b.Row))
	})
	leaves = make(map[int]int, len(people))
	for _, w := range unordered(people) {
		i.failed = errors.Join(i.failed, i.remark(w.Row, i.mapping.Number, aiqyn.E(aiqyn.Invalid, "error.import-unordered")))
	}
	var instant time.Time
	for k, w := range people {
		first := w.First
		if k > 0 && !first.After(instant) {
			first = instant.Add(time.Microsecond)
		}
		instant, w.First = first, first
		leaves[w.Row] = len(t.Rows)
		t.Rows = append(t.Rows, w.QueueRow)
	}
	return leaves, t
}

// unordered lists those whose number does not go with their date: as few as must be left
// out for the numbers of the others to rise with the dates. People are in the order of
// their dates.
func unordered(people []waiter) (out []waiter) {
	var ends []int // where the best rising run of each length ends
	before := make([]int, len(people))
	for k, w := range people {
		if before[k] = -1; w.number == 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(ends, w.number, func(e int, n int64) int { return cmp.Compare(people[e].number, n) })
		if at > 0 {
			before[k] = ends[at-1]
		}
		if at == len(ends) {
			ends = append(ends, k)
		} else {
			ends[at] = k
		}
	}
	rising := make(map[int]bool, len(ends))
	if len(ends) > 0 {
		for k := ends[len(ends)-1]; k >= 0; k = before[k] {
			rising[k] = true
		}
	}
	for k, w := range people {
		if w.number != 0 && !rising[k] {
			out = append(out, w)
		}
	}
	return out
}
