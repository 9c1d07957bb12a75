package casework

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"aiqyn/store"
)

// Ready says why the engine should get no commands now: its database does not
// answer, or another process has taken the log over.
func (e *Engine) Ready(ctx context.Context) error {
	head, err := e.Store.Head(ctx)
	if err != nil {
		return err
	}
	if e.leads() && head.Fence != e.fence.Load() {
		return store.ErrHeadMoved
	}
	return nil
}

// mostDead is how far letters that were given up are counted.
const mostDead = 10_000

// WriteMetrics writes how the engine fares, in the text format of Prometheus.
// Nothing in it tells of a person or a case.
func (e *Engine) WriteMetrics(ctx context.Context, w io.Writer) error {
	next, err := e.Store.NextWake(ctx)
	if err != nil {
		return err
	}
	var more []metric
	for _, of := range []func(context.Context) ([]metric, error){e.letterMetrics, e.jobMetrics, e.shardMetrics} {
		list, err := of(ctx)
		if err != nil {
			return err
		}
		more = append(more, list...)
	}
	now := e.Clock()
	var overdue time.Duration
	if !next.IsZero() {
		overdue = max(0, now.Sub(next))
	}
	h := &e.health
	head := h.head.Load()
	e.witness.mu.RLock()
	cosigned, waiting := e.witness.last, e.witness.waiting
	others := 0
	for _, w := range e.witness.seen {
		if w.Other {
			others++
		}
	}
	e.witness.mu.RUnlock()
	var waited time.Duration
	if !waiting.IsZero() {
		waited = max(0, now.Sub(waiting))
	}
	leads := 0.0
	if e.leads() {
		leads = 1
	}
	late := 0.0
	if e.isLate(waiting) {
		late = 1
	}
	return writeMetrics(w, slices.Concat(more, []metric{
		{"holds_log", "gauge", "1 if this process decides what comes next in the log.", leads},
		{"log_entries", "gauge", "Entries in the log.", float64(head)},
		{"log_age_seconds", "gauge", "Time since the last entry was recorded.", max(0, now.Sub(time.UnixMicro(h.recorded.Load())).Seconds())},
		{"witnessed_entries", "gauge", "Entries that enough witnesses have cosigned.", float64(cosigned.Size)},
		{"witness_lag_entries", "gauge", "Entries that wait for witnesses.", float64(max(0, head-cosigned.Size))},
		{"witness_wait_seconds", "gauge", "How long the oldest entry has waited for witnesses.", waited.Seconds()},
		{"witness_late", "gauge", "1 while an entry has waited for witnesses longer than it may.", late},
		{"witness_other_history", "gauge", "Witnesses that have seen another history of this log, or a longer one.", float64(others)},
		{"timer_overdue_seconds", "gauge", "How long the earliest timer has been due.", overdue.Seconds()},
		{"timers_failed_total", "counter", "Timers that could not be carried out.", float64(h.overdue.Load())},
		{"commands_total", "counter", "Commands answered.", float64(h.commands.Load())},
		{"commands_refused_total", "counter", "Commands answered with an error.", float64(h.refused.Load())},
		{"commands_waiting", "gauge", "Commands in the queue.", float64(len(e.queue))},
	}))
}

// metric is one figure, as Prometheus reads it.
type metric struct {
	name, kind, help string
	value            float64
}

func writeMetrics(w io.Writer, list []metric) error {
	for _, m := range list {
		if _, err := fmt.Fprintf(w, "# HELP aiqyn_%[1]s %[2]s\n# TYPE aiqyn_%[1]s %[3]s\naiqyn_%[1]s %[4]g\n", m.name, m.help, m.kind, m.value); err != nil {
			return err
		}
	}
	return nil
}

// letterMetrics tell how letters leave.
func (e *Engine) letterMetrics(ctx context.Context) ([]metric, error) {
	outbox, err := e.Store.Outbox(ctx, mostDead)
	if err != nil {
		return nil, err
	}
	waits := func(lane int64) float64 {
		if at := outbox.Oldest[lane]; !at.IsZero() {
			return max(0, e.Clock().Sub(at).Seconds())
		}
		return 0
	}
	h := &e.health
	return []metric{
		{"letters_sent_total", "counter", "Letters handed on.", float64(h.letters.Load())},
		{"letters_given_up_total", "counter", "Letters given up, codes among them.", float64(h.lettersDead.Load())},
		{"letters_dead", "gauge", "Letters that were given up and wait for an operator, counted up to 10000.", float64(outbox.Dead)},
		{"codes_wait_seconds", "gauge", "How long the oldest one-time code has been due and is not handed on.", waits(store.LaneNow)},
		{"letters_wait_seconds", "gauge", "How long the oldest letter has been due and is not handed on.", waits(store.LaneRest)},
	}, nil
}
