package properties

type gatewayHistory struct {
	name   string
	bounds func(*GatewayBounds)
	text   string
	laws   []string
	facts  []string
}

var gatewayLawful = []gatewayHistory{
	{name: "empty", text: ""},
	{name: "one request", text: attached + first + answered, facts: []string{"released-reply"}},
	{name: "the release before the reply, the end before the release", text: attached + first + `
		finish h1 1 1 r1
		done seq=1 outcome=replied digest=$r1
		release seq=1 attempt=1 host=h1 epoch=1 reason=reply
		reply seq=1 attempt=1 host=h1 epoch=1 digest=$r1
		returned 1 r1`},
	{name: "steps of other hosts between", text: attached + first + `
		do 2
		enqueue seq=2
		reserve seq=2 attempt=2 host=h2 epoch=2
		finish h1 1 1 r1
		reply seq=1 attempt=1 host=h1 epoch=1 digest=$r1
		sent seq=2 attempt=2 host=h2 epoch=2
		release seq=1 attempt=1 host=h1 epoch=1 reason=reply
		done seq=1 outcome=replied reason=reply digest=$r1`},
	{name: "an error reply", text: attached + first + `
		finish h1 1 1 r1
		reply seq=1 attempt=1 host=h1 epoch=1 digest=$bad
		release seq=1 attempt=1 host=h1 epoch=1 reason=error-reply
		done seq=1 outcome=failed reason=error-reply digest=$bad
		failed 1 handler failed`, facts: []string{"released-error-reply"}},
	{name: "an error reply told as replied", text: attached + first + `
		reply seq=1 attempt=1 host=h1 epoch=1 digest=$bad
		release seq=1 attempt=1 host=h1 epoch=1 reason=error-reply
		done seq=1 outcome=replied reason=error-reply
		failed 1 handler failed`},
	{name: "a reassign, and both reply", text: attached + first + moved + `
		finish h1 1 1 r1
		late seq=1 attempt=1 host=h1 epoch=1 digest=$r1
		acknowledged attempt=1 host=h1 epoch=1`, facts: []string{"both-reply", "released-reassign"}},
	{name: "acknowledged before late", text: attached + first + moved + `
		finish h1 1 1 r1
		acknowledged attempt=1 host=h1 epoch=1
		late seq=1 attempt=1 host=h1 epoch=1 digest=$r1`},
	{name: "pause, hysteresis, resume", bounds: func(b *GatewayBounds) { b.Mark = -1 }, text: `
		attach host=h1 epoch=1 value=2` + first + `
		enqueue seq=2
		reserve seq=2 attempt=2 host=h1 epoch=1
		pause host=h1 epoch=1
		enqueue seq=3` + answered + `
		sent seq=2 attempt=2 host=h1 epoch=1
		reply seq=2 attempt=2 host=h1 epoch=1 digest=$r2
		release seq=2 attempt=2 host=h1 epoch=1 reason=reply
		resume host=h1 epoch=1
		done seq=2 outcome=replied digest=$r2
		reserve seq=3 attempt=3 host=h1 epoch=1`, facts: []string{"pause-resume", "hysteresis"}},
	{name: "a resume told before what allows it", text: `
		attach host=h1 epoch=1 value=1` + first + `
		pause host=h1 epoch=1
		enqueue seq=2
		resume host=h1 epoch=1
		finish h1 1 1 r1
		reply seq=1 attempt=1 host=h1 epoch=1 digest=$r1
		done seq=1 outcome=replied digest=$r1
		release seq=1 attempt=1 host=h1 epoch=1 reason=reply
		reserve seq=2 attempt=2 host=h1 epoch=1`},
	{name: "a lowered limit drains, a raised one frees", text: `
		attach host=h1 epoch=1 value=2` + first + `
		enqueue seq=2
		reserve seq=2 attempt=2 host=h1 epoch=1
		pause host=h1 epoch=1
		limit host=h1 epoch=1 value=1
		enqueue seq=3` + answered + `
		limit host=h1 epoch=1 value=2
		resume host=h1 epoch=1
		reserve seq=3 attempt=3 host=h1 epoch=1`, facts: []string{"limit-lowered"}},
	{name: "a detach, its requests go elsewhere or end", text: attached + first + `
		enqueue seq=2
		reserve seq=2 attempt=2 host=h2 epoch=2
		enqueue seq=9
		do 9
		reserve seq=9 attempt=3 host=h1 epoch=1
		sent seq=9 attempt=3 host=h1 epoch=1
		begin h1 9 3
		release seq=1 attempt=1 host=h1 epoch=1 reason=detach
		release seq=9 attempt=3 host=h1 epoch=1 reason=detach
		detach host=h1 epoch=1
		reserve seq=1 attempt=4 host=h2 epoch=2
		done seq=9 outcome=failed reason=host-lost
		failed 9 host was lost`, facts: []string{"released-detach", "host-lost"}},
	{name: "the detach first, ends and reserves between its releases", text: attached + first + `
		enqueue seq=2
		reserve seq=2 attempt=2 host=h2 epoch=2
		enqueue seq=3
		reserve seq=3 attempt=3 host=h1 epoch=1
		detach host=h1 epoch=1
		release seq=1 attempt=1 host=h1 epoch=1 reason=detach
		resume host=h1 epoch=1
		reserve seq=1 attempt=4 host=h2 epoch=2
		done seq=3 outcome=failed reason=host-lost
		release seq=3 attempt=3 host=h1 epoch=1 reason=detach`},
	{name: "superseded, the attach first, and late replies", bounds: func(b *GatewayBounds) { b.MaxAttempts = 1 }, text: attached + first + `
		attach host=h1 epoch=3 value=2
		detach host=h1 epoch=1
		release seq=1 attempt=1 host=h1 epoch=1 reason=detach
		done seq=1 outcome=failed reason=host-lost
		failed 1 request failed: host was lost: h1
		late seq=1 attempt=1 host=h1 epoch=1 digest=$r1`, facts: []string{"late-superseded", "host-lost"}},
	{name: "a late reply on the next attachment", text: attached + first + `
		release seq=1 attempt=1 host=h1 epoch=1 reason=detach
		detach host=h1 epoch=1
		attach host=h1 epoch=3 value=2
		done seq=1 outcome=failed reason=host-lost
		finish h1 1 1 r1
		late seq=1 attempt=1 host=h1 epoch=3 digest=$r1`, facts: []string{"late-next-attachment"}},
	{name: "refused, it runs elsewhere", text: attached + `
		do 9
		enqueue seq=1 digest=$m9
		reserve seq=1 attempt=1 host=h1 epoch=1
		sent seq=1 attempt=1 host=h1 epoch=1
		refuse attempt=1 host=h1 epoch=1
		release seq=1 attempt=1 host=h1 epoch=1 reason=refuse
		reserve seq=1 attempt=2 host=h2 epoch=2
		sent seq=1 attempt=2 host=h2 epoch=2
		begin h2 9 2
		finish h2 9 2 r9
		reply seq=1 attempt=2 host=h2 epoch=2 digest=$r9
		release seq=1 attempt=2 host=h2 epoch=2 reason=reply
		done seq=1 outcome=replied digest=$r9
		returned 9 r9
		ready host=h1 epoch=1
		enqueue seq=2
		reserve seq=2 attempt=3 host=h1 epoch=1`, facts: []string{"released-refuse", "refused-elsewhere"}},
	{name: "a refusal wears off", text: lone + `
		enqueue seq=1
		reserve seq=1 attempt=1 host=h1 epoch=1
		sent seq=1 attempt=1 host=h1 epoch=1
		refuse attempt=1 host=h1 epoch=1
		release seq=1 attempt=1 host=h1 epoch=1 reason=refuse
		@1s reserve seq=1 attempt=2 host=h1 epoch=1`},
	{name: "drain", bounds: func(b *GatewayBounds) { b.MaxAttempts = 1 }, text: attached + first + `
		enqueue seq=2
		reserve seq=2 attempt=2 host=h2 epoch=2
		enqueue seq=3
		reserve seq=3 attempt=3 host=h1 epoch=1
		drain host=h1 epoch=1
		release seq=3 attempt=3 host=h1 epoch=1 reason=drain
		reserve seq=3 attempt=4 host=h2 epoch=2
		refuse attempt=1 host=h1 epoch=1
		release seq=1 attempt=1 host=h1 epoch=1 reason=refuse
		done seq=1 outcome=failed reason=refuse
		failed 1 hosts refused`, facts: []string{"released-drain", "crossed-drain", "refused"}},
	{name: "cancelled while waiting and at work", bounds: func(b *GatewayBounds) { b.Waiting = 1 }, text: lone + first + `
		release seq=1 attempt=1 host=h1 epoch=1 reason=cancel
		cancel seq=1 attempt=1 host=h1 epoch=1
		done seq=1 outcome=failed reason=cancel
		failed 1 context canceled
		enqueue seq=2
		do 3
		failed 3 queue of waiting requests is full
		done seq=2 outcome=failed reason=no-host`, facts: []string{"released-cancel", "no-host", "overloaded"}},
	{name: "cancel told before the release", text: lone + first + `
		cancel seq=1 attempt=1 host=h1 epoch=1
		done seq=1 outcome=failed reason=deadline
		release seq=1 attempt=1 host=h1 epoch=1 reason=deadline
		late attempt=1 host=h1 epoch=1 digest=$r1
		acknowledged attempt=1 host=h1 epoch=1`, facts: []string{"released-deadline"}},
	{name: "a due attempt waits for a slot, and overtakes who came later", text: `
		attach host=h1 epoch=1 value=1` + first + `
		pause host=h1 epoch=1
		enqueue seq=2
		@3s attach host=h2 epoch=2 value=1
		release seq=1 attempt=1 host=h1 epoch=1 reason=reassign
		reserve seq=1 attempt=2 host=h2 epoch=2
		cancel seq=1 attempt=1 host=h1 epoch=1
		resume host=h1 epoch=1
		pause host=h2 epoch=2
		reserve seq=2 attempt=3 host=h1 epoch=1`, facts: []string{"due-waits"}},
	{name: "a budget is used up", bounds: func(b *GatewayBounds) { b.BudgetBurst, b.BudgetRatio = 1, 0 }, text: attached + first + moved + `
		@2s enqueue seq=2
		reserve seq=2 attempt=3 host=h2 epoch=2
		sent seq=2 attempt=3 host=h2 epoch=2
		@5s enqueue seq=3
		reserve seq=3 attempt=4 host=h1 epoch=1`, facts: []string{"budget-used-up"}},
	{name: "who has left is passed over", text: attached + `
		limit host=h2 epoch=2
		limit host=h1 epoch=1
		enqueue seq=1
		enqueue seq=2
		@1s limit host=h1 epoch=1 value=1
		reserve seq=2 attempt=1 host=h1 epoch=1
		done seq=1 outcome=failed reason=cancel`},
	{name: "a hostile host", text: attached + first + `
		hello h2
		answer h2 1 x
		rejected attempt=1 host=h2 epoch=2
		answer h2 77 y
		rejected attempt=77 host=h2 epoch=2
		hello h1
		answer h1 1 r1
		answer h1 1 again` + answered + `
		rejected attempt=1 host=h1 epoch=1`},
	{name: "closed with a request at work", text: lone + first + `
		close-begin
		release seq=1 attempt=1 host=h1 epoch=1 reason=closed
		done seq=1 outcome=failed reason=closed
		detach host=h1 epoch=1
		close-end
		closed gateway
		failed 1 closed
		do 2
		failed 2 gateway: closed`, facts: []string{"released-closed", "closed"}},
	{name: "a write failed", text: attached + `
		enqueue seq=1
		reserve seq=1 attempt=1 host=h1 epoch=1
		sent seq=1 attempt=1 host=h1 epoch=1
		release seq=1 attempt=1 host=h1 epoch=1 reason=write-failed
		reserve seq=1 attempt=2 host=h2 epoch=2
		detach host=h1 epoch=1`, facts: []string{"released-write-failed"}},
	{name: "a host comes back after its Close", text: lone + first + `
		handle-begin party=h1 epoch=1 attempt=1
		handle-end party=h1 epoch=1 attempt=1 digest=$r1
		close-begin party=h1
		close-end party=h1
		release seq=1 attempt=1 host=h1 epoch=1 reason=detach
		detach host=h1 epoch=1
		attach host=h1 epoch=2 value=2
		reserve seq=1 attempt=2 host=h1 epoch=2
		sent seq=1 attempt=2 host=h1 epoch=2
		handle-begin party=h1 epoch=2 attempt=2`},
	{name: "late in real time", bounds: func(b *GatewayBounds) { b.Punctual = false }, text: `
		attach host=h1 epoch=1 value=1
		enqueue seq=1
		reserve seq=1 attempt=1 host=h1 epoch=1
		sent seq=1 attempt=1 host=h1 epoch=1
		enqueue seq=2
		@9s attach host=h2 epoch=2 value=2
		reserve seq=2 attempt=2 host=h2 epoch=2
		release seq=1 attempt=1 host=h1 epoch=1 reason=reassign
		reserve seq=1 attempt=3 host=h2 epoch=2
		cancel seq=1 attempt=1 host=h1 epoch=1`},
}
