package dev.millrace.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import net.jpountz.util.Native;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class NativeLz4Test {
    @BeforeAll
    static void whereThereIsNativeCode() {
        try {
            Native.load();
        } catch (Throwable e) {
            assumeTrue(false, "LZ4 has no native code for this platform: " + e);
        }
    }

    @Test
    void aJobThatHasAClassLoaderOfItsOwnTakesTheNativeCodeToo() throws IOException, ReflectiveOperationException {
        try (URLClassLoader job = classLoader();
                URLClassLoader another = classLoader()) {
            assertThat(fastest(job)).as("as the library decides by itself").contains("Java");
            load(job);
            assertThat(fastest(job)).contains("JNI");
            assertThat(fastest(another)).as("each by itself").contains("Java");
            load(another);
            assertThat(fastest(another)).contains("JNI");
        }
    }

    private static void load(ClassLoader job) throws ReflectiveOperationException {
        Method load = job.loadClass(NativeLz4.class.getName()).getDeclaredMethod("load");
        load.setAccessible(true);
        load.invoke(null);
    }

    private static String fastest(ClassLoader job) throws ReflectiveOperationException {
        return job.loadClass("net.jpountz.lz4.LZ4Factory")
                .getMethod("fastestInstance")
                .invoke(null)
                .toString();
    }

    private static URLClassLoader classLoader() throws MalformedURLException {
        List<URL> path = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            path.add(new File(entry).toURI().toURL());
        }
        return new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }
}
