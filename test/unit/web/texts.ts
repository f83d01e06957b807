export const HOSTILE = `<script>alert("x")</script>`;
export const LONG = `TestAVeryLongName${"WithManyWordsInIt".repeat(12)}`;

export const ANALYSIS = `### Mechanism

The watcher reads \`region.leader\` **before** the event loop has applied the transfer.

1. \`transferLeader\` returns once the request is *queued*
2. the assertion runs on the old leader

\`\`\`go
re.Eventually(func() bool { return leader() == "pd-2" })
\`\`\`

See [the docs](https://example.com/docs), not [this](javascript:alert(1)). <img src=x onerror=alert(1)>`;

export const PATCH = `diff --git a/server/cluster_test.go b/server/cluster_test.go
index 1111111..2222222 100644
--- a/server/cluster_test.go
+++ b/server/cluster_test.go
@@ -41,7 +41,9 @@ func TestTransferLeader(t *testing.T) {
 	cluster.TransferLeader("pd-2")
-	re.Equal("pd-2", cluster.Leader())
+	testutil.Eventually(re, func() bool {
+		return cluster.Leader() == "pd-2"
+	})
 	cluster.Close()
`;

export const EXCERPT = `=== RUN   TestTransferLeader
    cluster_test.go:42: transfer leader to pd-2
        	Error Trace:	cluster_test.go:44
        	Error:      	Not equal: expected: "pd-2" actual: "pd-1" <b>
--- FAIL: TestTransferLeader (0.31s)
FAIL`;
