package service

import (
	"cmp"
	"fmt"
	"slices"

	"aiqyn/deadline"
)

// ParseError is one thing wrong in a pack: "file:line: message".
type ParseError = deadline.ParseError

// ParseErrors is everything wrong in a pack, by file and line: whoever writes
// one wants to hear of all of it at once.
type ParseErrors = deadline.ParseErrors

// Overtaken is what is wrong in the pack by what is asked of packs today and was
// not when those that are stored were published: they go on as they are, a new
// one is refused. It is nil or [ParseErrors].
func (p *Pack) Overtaken() error {
	if len(p.overtaken) == 0 {
		return nil
	}
	return p.overtaken
}

// problems gathers what is wrong.
type problems struct {
	list ParseErrors
	// since are things that were allowed when some packs were stored.
	since ParseErrors
}

// maxProblems bounds what a hostile file can make us remember.
const maxProblems = 1000

func (p *problems) add(file string, line int, format string, args ...any) {
	p.list = with(p.list, file, line, fmt.Sprintf(format, args...))
}

// overtaken reports what is an error today and was none when some packs were stored: those
// are still to be read.
func (p *problems) overtaken(file string, line int, format string, args ...any) {
	p.since = with(p.since, file, line, fmt.Sprintf(format, args...))
}

func with(list ParseErrors, file string, line int, message string) ParseErrors {
	if len(list) == maxProblems {
		return list
	}
	return append(list, &ParseError{File: file, Line: max(line, 1), Message: message})
}

// count tells how much was wrong so far. What follows from an earlier mistake
// is not worth a complaint of its own, so some checks wait until there is none.
func (p *problems) count() int { return len(p.list) }

// err returns everything in order and without repetitions, or nil if the pack
// can be used.
func (p *problems) err() error {
	if len(p.list) == 0 {
		return nil
	}
	return inOrder(append(p.list, p.since...))
}

func inOrder(list ParseErrors) ParseErrors {
	slices.SortStableFunc(list, compareProblems)
	return slices.CompactFunc(list, func(a, b *ParseError) bool { return *a == *b })
}

func compareProblems(a, b *ParseError) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
}
