package dev.millrace.runtime.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

class TroubleTest {

    @ParameterizedTest
    @CsvSource({
        "08006, AWAY",
        "57P01, AWAY",
        "57P03, AWAY",
        "53300, AWAY",
        "25006, AWAY",
        "40001, BUSY",
        "40P01, BUSY",
        "55P03, BUSY",
        "57014, BUSY",
        "42P07, BUSY",
        "23514, NO_PARTITION",
        "21000, SAME_KEY",
        "22P02, REFUSED",
        "22021, REFUSED",
        "23502, REFUSED",
        "54000, REFUSED",
        "42P01, FATAL",
        "28P01, FATAL",
        "XX000, FATAL",
    })
    void theStateSaysWhatIsToBeDone(String state, Trouble trouble) {
        assertThat(Trouble.of(new PSQLException(new ServerErrorMessage("SERROR\0C" + state + "\0Mwords\0Ddetail\0"))))
                .isEqualTo(trouble);
    }

    @ParameterizedTest
    @CsvSource({"28P01, store.password", "42P01, millrace-setup store", "3D000, store.url", "42501, allowed to write"})
    void whatTimeDoesNotHealNamesAWayOut(String state, String advice) {
        assertThat(Trouble.advice(new SQLException("no", state))).contains(advice);
    }

    @ParameterizedTest
    @CsvSource({"nidentifiers_check, REFUSED", "tidentifiers, NO_PARTITION"})
    void aViolatedConstraintHasAName(String field, Trouble trouble) {
        ServerErrorMessage message = new ServerErrorMessage("C23514\0Mwords\0DFailing row: secret\0" + field + "\0");
        PSQLException error = new PSQLException(message);
        assertThat(Trouble.of(error)).isEqualTo(trouble);
        assertThat(Trouble.message(error)).isEqualTo("words (SQLSTATE 23514)");
    }

    @ParameterizedTest
    @CsvSource({",FATAL", "'',FATAL"})
    void withoutAStateNothingIsKnown(String state, Trouble trouble) {
        assertThat(Trouble.of(new SQLException("no", state))).isEqualTo(trouble);
    }
}
