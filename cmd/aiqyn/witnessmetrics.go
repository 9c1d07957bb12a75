package main

import (
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"aiqyn/ledger"
)

// witnessCounts are what a witness has answered since it began.
type witnessCounts struct {
	cosigned, behind, forked, refused, failed atomic.Int64
}

// count takes one answer into account.
func (n *witnessCounts) count(err error) {
	var refusal *ledger.WitnessError
	switch {
	case err == nil:
		n.cosigned.Add(1)
	case !errors.As(err, &refusal):
		n.failed.Add(1) // of our own: a disk, for one
	case refusal.Status == ledger.StatusConflict:
		n.behind.Add(1)
	case refusal.Status == ledger.StatusInconsistent:
		n.forked.Add(1)
	default:
		n.refused.Add(1)
	}
}

// write tells how the witness fares, in the text format of Prometheus.
func (n *witnessCounts) write(w io.Writer, logs []*ledger.Key, state *witnessState) {
	fmt.Fprint(w, "# HELP aiqyn_witness_answers_total Checkpoints offered, by answer.\n# TYPE aiqyn_witness_answers_total counter\n")
	for _, a := range []struct {
		name string
		n    *atomic.Int64
	}{{"cosigned", &n.cosigned}, {"conflict", &n.behind}, {"inconsistent", &n.forked}, {"refused", &n.refused}, {"failed", &n.failed}} {
		fmt.Fprintf(w, "aiqyn_witness_answers_total{answer=%q} %d\n", a.name, a.n.Load())
	}
	fmt.Fprint(w, "# HELP aiqyn_witness_size Entries of a log that were cosigned last.\n# TYPE aiqyn_witness_size gauge\n")
	for _, log := range logs {
		if head, err := state.Head(log.Name()); err == nil {
			fmt.Fprintf(w, "aiqyn_witness_size{log=%q} %d\n", log.Name(), head.Size)
		}
	}
}
