package allocation

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/bits"
	"runtime"
	"slices"
	"sync"
)

// Pseudonym is what an applicant is called in one round. The secret is their
// lasting commitment: who withdraws and applies again is called the same and has
// the same number in the lottery, and who reads two rounds cannot tell that two
// names are one person.
func Pseudonym(secret [32]byte, round string) string {
	h := hmac.New(sha256.New, secret[:])
	h.Write([]byte("aiqyn/allocation/pseudonym\n" + round))
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// number is an applicant's place in the lottery of a round: one for all
// institutions, which no other rule of the kind beats for the applicants
// (Abdulkadiroğlu, Pathak and Roth 2009). The lowest is the first.
func number(head []byte, id string) [32]byte {
	var buf [256]byte
	return sha256.Sum256(append(append(buf[:0], head...), id...))
}

// lotteryHead is what all numbers of a round begin with.
func (r *Round) lotteryHead() []byte {
	head := []byte("aiqyn/allocation/lottery\n")
	head = binary.BigEndian.AppendUint32(head, uint32(len(r.Name)))
	head = append(head, r.Name...)
	head = binary.BigEndian.AppendUint64(head, r.Seed.Round)
	return append(head, r.Seed.Value[:]...)
}

// ranked is an applicant with what decides their rank.
type ranked struct {
	hi, lo uint64 // tier, date and points as the order has them; the beginning of the number
	i      int32
}

// ranks returns each applicant's place, 0 first, by those parts of an order that
// are the same everywhere. Strict orders end with the lottery and then the name;
// others give the same rank to who is alike.
func (r *Round) ranks(parts []string, strict bool) []int32 {
	if !strict && len(parts) == 1 && parts[0] == ByTier { // it is its own rank
		out := make([]int32, len(r.Applicants))
		for i := range out {
			out[i] = int32(r.Applicants[i].Tier)
		}
		return out
	}
	list := make([]ranked, len(r.Applicants))
	head := r.lotteryHead()
	lottery := slices.Contains(parts, ByLottery)
	inParallel(len(list), func(from, to int) {
		for i := from; i < to; i++ {
			a := &r.Applicants[i]
			list[i].i = int32(i)
			for _, p := range parts {
				switch p {
				case ByTier:
					list[i].hi = list[i].hi<<8 | uint64(a.Tier)
				case ByDate:
					list[i].hi = list[i].hi<<48 | uint64(a.Date)
				case ByPoints:
					list[i].hi = list[i].hi<<32 | uint64(maxPoints-1-a.Points)
				}
			}
			if lottery {
				n := number(head, a.ID)
				list[i].lo = binary.BigEndian.Uint64(n[:])
			}
		}
	})
	sortRanked(list, func(x, y ranked) int {
		if c := cmp.Or(cmp.Compare(x.hi, y.hi), cmp.Compare(x.lo, y.lo)); c != 0 || !strict {
			return c
		}
		if lottery {
			m, n := number(head, r.Applicants[x.i].ID), number(head, r.Applicants[y.i].ID)
			if c := bytes.Compare(m[:], n[:]); c != 0 {
				return c
			}
		}
		return cmp.Compare(r.Applicants[x.i].ID, r.Applicants[y.i].ID)
	})
	out := make([]int32, len(list))
	rank := int32(0)
	for k := range list {
		if k > 0 && (strict || list[k].hi != list[k-1].hi || list[k].lo != list[k-1].lo) {
			rank++
		}
		out[list[k].i] = rank
	}
	return out
}

// inParallel cuts n things into runs, one for each core. Who is called writes
// only into its own run, so that the cores do not show in the result.
func inParallel(n int, do func(from, to int)) {
	workers := max(1, min(runtime.GOMAXPROCS(0), n/4096))
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() { do(w*n/workers, (w+1)*n/workers) })
	}
	group.Wait()
}

// sortRanked sorts by a strict order whose first parts are hi and then lo: what
// is near by them lies together first, then each heap is sorted for itself, on
// every core.
func sortRanked(list []ranked, compare func(a, b ranked) int) {
	if len(list) < 1<<14 {
		slices.SortFunc(list, compare)
		return
	}
	heap := heapOf(list)
	const heaps = 1 << 16
	begin := make([]int32, heaps+1)
	for _, x := range list {
		begin[heap(x)+1]++
	}
	for h := range heaps {
		begin[h+1] += begin[h]
	}
	next := slices.Clone(begin)
	sorted := make([]ranked, len(list))
	for _, x := range list {
		h := heap(x)
		sorted[next[h]] = x
		next[h]++
	}
	inParallel(heaps, func(from, to int) {
		for h := from; h < to; h++ {
			slices.SortFunc(sorted[begin[h]:begin[h+1]], compare)
		}
		copy(list[begin[from]:begin[to]], sorted[begin[from]:begin[to]])
	})
}

// heapOf tells the heap of an element, one of 65 536 that follow each other as
// the elements do.
func heapOf(list []ranked) func(ranked) int {
	low, high := list[0].hi, list[0].hi
	for _, x := range list {
		low, high = min(low, x.hi), max(high, x.hi)
	}
	if low == high {
		return func(x ranked) int { return int(x.lo >> 48) }
	}
	shift := max(0, bits.Len64(high-low)-16)
	return func(x ranked) int { return int((x.hi - low) >> shift) }
}
