package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// progress shows how far a long task is: a bar that moves on a terminal, and a
// line per stage elsewhere, so that logs stay readable.
type progress struct {
	w     io.Writer
	live  bool
	what  string
	drawn time.Time
}

func newProgress(w io.Writer) *progress {
	p := &progress{w: w}
	if f, ok := w.(*os.File); ok {
		info, err := f.Stat()
		p.live = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return p
}

const barWidth = 30

// show says that of a task so much is done.
func (p *progress) show(what string, done, total int) {
	first := what != p.what
	if first && p.what != "" && p.live {
		fmt.Fprintln(p.w)
	}
	p.what = what
	if !p.live {
		if first {
			fmt.Fprintf(p.w, "%s …\n", what)
		}
		return
	}
	if !first && done < total && time.Since(p.drawn) < 50*time.Millisecond {
		return
	}
	p.drawn = time.Now()
	full := barWidth
	if total > 0 {
		full = barWidth * done / total
	}
	fmt.Fprintf(p.w, "\r%s%s %3d%%  %s", strings.Repeat("█", full), strings.Repeat("░", barWidth-full), 100*full/barWidth, what)
}

// end leaves the line of the bar.
func (p *progress) end() {
	if p.live && p.what != "" {
		fmt.Fprintln(p.w)
	}
	p.what = ""
}
