package org.statecraft.workbench.gate;

import org.statecraft.eval.statistics.PairedBinary;

/** Makes a score worse, to see whether the gate notices. */
interface Worsening {
    /** A copy of the score that is worse by at least the amount, or as bad as it can get. */
    CandidateScore worsen(CandidateScore score, double amount);

    /**
     * Document by document where their scores are known: of 0/1 scores as many right ones become wrong as it takes, others all
     * get worse alike. Otherwise the value alone.
     */
    static CandidateScore byDocument(CandidateScore score, double amount) {
        double step = score.higherIsBetter() ? -amount : amount;
        DocumentScores documents = score.documents();
        if (documents == null || documents.shares() == null) {
            return score.with(score.value() + step, documents);
        }
        double[] shares = documents.shares().clone();
        if (PairedBinary.isBinary(documents.counted())) {
            double right = score.higherIsBetter() ? 1 : 0;
            long left = (long) Math.ceil(amount * documents.counted().length);
            for (int i = 0; i < shares.length && left > 0; i++) {
                if (shares[i] == right) {
                    shares[i] = 1 - right;
                    left--;
                }
            }
        } else {
            for (int i = 0; i < shares.length; i++) {
                shares[i] += step;
            }
        }
        DocumentScores worse = new DocumentScores(documents.documents(), shares);
        double[] counted = worse.counted();
        double mean = 0;
        for (double share : counted) {
            mean += share / counted.length;
        }
        return score.with(mean, worse);
    }
}
